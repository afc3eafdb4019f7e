// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type { IsolationTier } from "@berth/sdk";
import type Dockerode from "dockerode";
import type { ServiceSpec } from "../../domain/workload.ts";
import type { Owner } from "./owner.ts";

/** What root in a container has, where a tier bears it: to own and read its files, to become another user, to listen on port 80. */
export const ROOT_CAPABILITIES: readonly string[] = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETUID",
];
/** The engine's own name for its runtime, and the one under which gVisor is told to it. */
export const RUNTIMES: Readonly<Record<IsolationTier, string>> = {
  runc: "runc",
  userns: "runc",
  gvisor: "runsc",
};

/** The kernel's own bounds, and what it gives to everybody else. */
const [FEWEST_SHARES, SHARES_OF_A_CORE, MOST_SHARES] = [2, 1_024, 262_144];
const MEMLOCK = 64 * 1024;
const FILES = 4096;
/** 16 services of 4,096 processes. */
export const LARGEST_WORKLOAD = 65_536;
/** Measured with gVisor's ptrace platform, the hungriest: 8 threads of the machine for one process inside, and some 40 for all. */
const GUARD_BASE = 1_024;
const GUARD_PER_PROCESS = 10;

const { profile } = JSON.parse(readFileSync(new URL("./seccomp.json", import.meta.url), "utf8")) as {
  readonly profile: unknown;
};

/** The filter of system calls, as an option of security. */
export const SECCOMP_OPTION = `seccomp=${JSON.stringify(profile)}`;

/** Nothing gains a privilege, what the kernel is asked is filtered, and AppArmor confines where the kernel has it: the engine leaves that out elsewhere. */
export function securityOptions(): string[] {
  return ["no-new-privileges:true", SECCOMP_OPTION, "apparmor=docker-default"];
}

export function capabilitiesOf({ uid }: Owner): string[] {
  return uid === 0 ? [...ROOT_CAPABILITIES] : [];
}

/**
 * The most processes that the machine sees. Of gVisor it sees the sandbox's own threads, which die with everything inside when they are
 * refused: there the service's own limit is kept inside, by `ulimits`.
 */
export function pidsLimit({ pids }: ServiceSpec, tier: IsolationTier): number {
  return tier === "gvisor" ? GUARD_BASE + GUARD_PER_PROCESS * pids : pids;
}

/** Where processors are scarce they are shared as they were leased; the quota alone would give the smallest lease as much as the largest. */
export function cpuShares(cpuMillis: number): number {
  return Math.min(MOST_SHARES, Math.max(FEWEST_SHARES, Math.round((cpuMillis * SHARES_OF_A_CORE) / 1_000)));
}

/**
 * Limits of each process. The number of processes is counted by user over all containers of the machine, which would let one lease starve
 * another: outside gVisor, which counts by itself, it is as much as the largest workload may have, and each control group bounds its own.
 */
export function ulimits(
  { pids }: ServiceSpec,
  tier: IsolationTier,
): NonNullable<Dockerode.HostConfig["Ulimits"]> {
  const processes = tier === "gvisor" ? pids : LARGEST_WORKLOAD;
  return [
    { Name: "nofile", Soft: FILES, Hard: FILES },
    { Name: "nproc", Soft: processes, Hard: processes },
    { Name: "core", Soft: 0, Hard: 0 },
    { Name: "memlock", Soft: MEMLOCK, Hard: MEMLOCK },
  ];
}
