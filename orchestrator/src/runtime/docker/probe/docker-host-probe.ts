// SPDX-License-Identifier: Apache-2.0
import {
  BerthError,
  RetryableError,
  type HostCapabilities,
  type IsolationTier,
  type Proof,
} from "@berth/sdk";
import { parseSubnetPool } from "../../../domain/subnets.ts";
import type { ServiceSpec } from "../../../domain/workload.ts";
import type { HostProbe } from "../../../ports/host-probe.ts";
import { isHostInfo, isHostVersion } from "../answers.ts";
import { ask } from "../ask.ts";
import { connectEngine, type Engine } from "../client.ts";
import { RUNTIMES } from "../confinement.ts";
import { get } from "../get.ts";
import { hostConfig } from "../host-config.ts";
import { leaseUser } from "../lease-user.ts";
import { clearAbandoned } from "./abandoned.ts";
import { proveAppArmor, proveFilter, proveGvisor, proveMapping } from "./judge-testimony.ts";
import { proveIptables, proveLoopVolumes, proveNftables } from "./local.ts";
import { bringWitness, hearWitness, type Testimony } from "./witness.ts";

export interface DockerHostProbeOptions {
  readonly subnetPool: string;
  /** As for the runtime. */
  readonly socketPath?: string;
}

interface Info {
  readonly SecurityOptions: readonly string[] | null;
  readonly KernelVersion: string;
  readonly LiveRestoreEnabled: boolean;
  readonly CgroupVersion?: string;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
}

interface Version {
  readonly Version: string;
  readonly Arch: string;
  readonly Components?: readonly { readonly Name: string; readonly Version: string }[] | null;
}

const NOBODY = { chainId: 0, market: "0x0000000000000000000000000000000000000000" } as const;
const WITNESS: ServiceSpec = {
  name: "witness",
  image: "",
  command: null,
  entrypoint: null,
  environment: {},
  ...{ ports: [], expose: [], volumes: [], tmpfs: [] },
  ...{ cpuMillis: 1_000, memoryMiB: 64, pids: 64 },
  ...{ healthcheck: null, user: null, workingDir: null, init: false, stopSignal: null },
  restart: { on: "never" },
};

/** Measures a machine through its Docker Engine, and what concerns the machine itself by its own tools. */
export function createDockerHostProbe({ subnetPool, socketPath }: DockerHostProbeOptions): HostProbe {
  const engine = connectEngine({ socketPath });
  return { measure: (signal) => measure(engine, parseSubnetPool(subnetPool).size, signal) };
}

async function measure(engine: Engine, networks: number, signal: AbortSignal): Promise<HostCapabilities> {
  const look = { limitMs: engine.deadlines.look, signal };
  const [version, info] = await Promise.all([
    ask(engine, {
      ...{ ...look, what: "ask for its version", check: isHostVersion },
      run: (abortSignal) => get<Version>(engine, "/version", abortSignal),
    }),
    ask(engine, {
      ...{ ...look, what: "ask what it is told", check: isHostInfo },
      run: (abortSignal) => get<Info>(engine, "/info", abortSignal),
    }),
  ]);
  await clearAbandoned(engine, signal);
  const isHere = !/^(tcp|https?|ssh):/.test(engine.address);
  const local = (prove: (signal: AbortSignal) => Promise<Proof>): Promise<Proof> | Proof =>
    isHere ? prove(signal) : { proven: false, how: "not proven: the engine is on another machine" };
  return {
    engine: engineOf(version, info),
    ...(await proveConfinement(engine, version.Arch, info, signal)),
    overlayQuota: await proveOverlayQuota(engine, signal),
    loopVolumes: await local(proveLoopVolumes),
    nftables: await local(proveNftables),
    iptables: await local(proveIptables),
    networks,
  };
}

function engineOf({ Version, Components }: Version, info: Info): HostCapabilities["engine"] {
  const cgroupVersion = Number(info.CgroupVersion);
  return {
    version: Version,
    runcVersion: Components?.find(({ Name }) => Name === "runc")?.Version ?? null,
    cgroupVersion: Number.isInteger(cgroupVersion) ? cgroupVersion : null,
    liveRestore: info.LiveRestoreEnabled,
  };
}

type Confinement = Pick<HostCapabilities, "seccomp" | "appArmor" | "userns" | "gvisor">;

async function proveConfinement(
  engine: Engine,
  architecture: string,
  info: Info,
  signal: AbortSignal,
): Promise<Confinement> {
  if (!(await bringWitness(engine, architecture, signal)))
    return unproven(`there is no probe for ${architecture}`);
  const isMapped = (info.SecurityOptions ?? []).some((option) => /^name=userns\b/.test(option));
  const hear = (tier: IsolationTier) => hearOn(engine, tier, isMapped, signal);
  const plain = await hear("runc");
  const gvisor =
    RUNTIMES.gvisor in (info.Runtimes ?? {}) ? await hear("gvisor") : "runsc is not known to the engine";
  const from = typeof plain === "string" ? unproven(plain) : confinementOf(plain);
  return {
    ...from,
    gvisor: typeof gvisor === "string" ? no(gvisor) : proveGvisor(gvisor, info.KernelVersion),
  };
}

function confinementOf(testimony: Testimony): Omit<Confinement, "gvisor"> {
  return {
    seccomp: proveFilter(testimony),
    appArmor: proveAppArmor(testimony),
    userns: proveMapping(testimony),
  };
}

/**
 * What the witness saw in a container as tenants' are, without a network; why it saw nothing where it could not run. RetryableError
 * E_PROBE_FAILED where a plain container's is only not heard, on a machine with much to do: every tier would fall with that one. A sandbox
 * that hangs is none.
 */
async function hearOn(
  engine: Engine,
  tier: IsolationTier,
  isMapped: boolean,
  signal: AbortSignal,
): Promise<Testimony | string> {
  const ground = { identity: NOBODY, leaseId: 0n, service: WITNESS, tier, isMapped, publishAddress: "" };
  const { uid, gid } = leaseUser(0n, WITNESS, ground);
  const HostConfig = { ...hostConfig(ground), NetworkMode: "none" };
  try {
    return await hearWitness(engine, { User: `${uid}:${gid}`, HostConfig }, signal);
  } catch (error) {
    await requireAnswer(engine, error, signal);
    if (tier === "runc" && !isRefusal(error)) throw notHeard(error);
    return `no program runs there: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Asks for a bounded root file system, which an engine that cannot bound one refuses. */
async function proveOverlayQuota(engine: Engine, signal: AbortSignal): Promise<Proof> {
  const ground = { identity: NOBODY, leaseId: 0n, service: WITNESS, tier: "runc", isMapped: false } as const;
  const bounded = {
    ...hostConfig({ ...ground, publishAddress: "" }),
    NetworkMode: "none",
    StorageOpt: { size: "64M" },
  };
  try {
    await hearWitness(engine, { User: "1:1", HostConfig: bounded }, signal);
    return { proven: true, how: "the engine bounds a root file system" };
  } catch (error) {
    await requireAnswer(engine, error, signal);
    return no(error instanceof Error ? error.message : String(error));
  }
}

/** The engine said no, rather than nothing that can be read. */
function isRefusal(error: unknown): boolean {
  return error instanceof BerthError && ["E_RUNTIME_REFUSED", "E_RUNTIME_FAILED"].includes(error.code);
}

function notHeard(cause: unknown): RetryableError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RetryableError("E_PROBE_FAILED", `The probe in a plain container was not heard: ${why}`, {
    atRisk: "nothing that runs; no new lease is begun until this machine is measured",
    next: "It is made again by itself; read the engine's own log if this goes on.",
    cause,
  });
}

/** Throws the error where the engine is away: that disproves nothing. */
async function requireAnswer(engine: Engine, error: unknown, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const isDoubtful = !(error instanceof BerthError) || error.code === "E_RUNTIME_UNREACHABLE";
  if (!isDoubtful) return;
  await ask(engine, {
    what: "ask whether it still answers",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<Version>(engine, "/version", abortSignal),
    check: isHostVersion,
  });
}

function unproven(how: string): Confinement {
  return { seccomp: no(how), appArmor: no(how), userns: no(how), gvisor: no(how) };
}

function no(how: string): Proof {
  return { proven: false, how };
}
