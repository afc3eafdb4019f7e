// SPDX-License-Identifier: Apache-2.0
import { ISOLATION_TIERS, type HostCapabilities, type IsolationTier, type LeaseSummary } from "@berth/sdk";
import { zeroAddress } from "viem";
import type { Desired } from "../domain/desired.ts";
import type { ObservedContainer, ObservedVolume, ObservedWorkload } from "../domain/observed.ts";
import type { ServiceSpec, WorkloadSpec } from "../domain/workload.ts";

export const provider = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
export const tenant = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
export const leaseId = 7n;

/** A manifest hash of one repeated hex digit. */
export function hashOf(digit: string): `0x${string}` {
  return `0x${digit.repeat(64)}`;
}

export function service(name: string, changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    image: `${name}:1`,
    command: null,
    entrypoint: null,
    environment: {},
    ports: [],
    expose: [],
    cpuMillis: 500,
    memoryMiB: 64,
    pids: 64,
    volumes: [],
    tmpfs: [],
    healthcheck: null,
    user: null,
    workingDir: null,
    init: true,
    stopSignal: null,
    restart: { on: "always" },
    ...changes,
  };
}

export function workload(
  services: readonly ServiceSpec[],
  changes: Partial<WorkloadSpec> = {},
): WorkloadSpec {
  return { leaseId, manifestHash: hashOf("a"), tier: "runc", services, volumes: [], ...changes };
}

/** A container of the manifest `a`, running since 1970 unless said otherwise. */
export function container(name: string, changes: Partial<ObservedContainer> = {}): ObservedContainer {
  const state = changes.state ?? "running";
  return {
    id: `id-of-${name}`,
    service: name,
    manifestHash: hashOf("a"),
    image: `docker.io/library/${name}@sha256:${"1".repeat(64)}`,
    state,
    startedAt: state === "created" ? null : 1_000,
    finishedAt: state === "exited" ? 2_000 : null,
    exitCode: state === "exited" ? 0 : null,
    oomKilled: false,
    lostWithEngine: false,
    health: "none",
    endpoints: [],
    publishes: [],
    ...changes,
  };
}

export function observed(
  containers: readonly ObservedContainer[],
  changes: Partial<ObservedWorkload> = {},
): ObservedWorkload {
  return { leaseId, containers, hasNetwork: true, volumes: [], ...changes };
}

/** A whole volume of 64 MiB, as it is seen. */
export function seenVolume(name: string, changes: Partial<ObservedVolume> = {}): ObservedVolume {
  return { name, sizeMiB: 64, isWhole: true, ...changes };
}

export function run(
  spec: WorkloadSpec,
  status: "pending" | "active" | "paused" | "lapsed" = "active",
  startLate = false,
): Desired {
  return { kind: "run", leaseId, status, startLate, mayClose: status === "pending", workload: spec };
}

/** An Active lease of `tenant` with `provider` under offer 1, with plenty of money left. */
export function lease(changes: Partial<LeaseSummary> = {}): LeaseSummary {
  return {
    status: "active",
    reason: "none",
    tenant,
    provider,
    offerId: 1n,
    token: zeroAddress,
    milliRatePerSecond: 1_000n,
    balance: 1_000_000n,
    accrued: 0n,
    refundable: 1_000_000n,
    remainder: 0n,
    settledClock: 0n,
    clockNow: 100n,
    depletionClock: 1_000_000n,
    startBy: 10_000n,
    closedAt: 0n,
    collateral: 0n,
    inMinimum: false,
    disputed: false,
    startLate: false,
    silent: false,
    ...changes,
  };
}

/** A machine as new as can be that enforces these tiers and no other. */
export function hostOf(tiers: readonly IsolationTier[] = ISOLATION_TIERS): HostCapabilities {
  const proof = (proven: boolean) => ({ proven, how: "as the test says" });
  const all = proof(true);
  return {
    engine: { version: "28.5.2", runcVersion: "1.3.3", cgroupVersion: 2, liveRestore: true },
    seccomp: proof(tiers.includes("runc")),
    userns: proof(tiers.includes("userns")),
    gvisor: proof(tiers.includes("gvisor")),
    ...{ appArmor: all, overlayQuota: all, loopVolumes: all, nftables: all, iptables: all, networks: 16_384 },
  };
}
