// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { MarketIdentity } from "../../orchestrator/src/domain/identity.ts";
import type { ObservedWorkload } from "../../orchestrator/src/domain/observed.ts";
import type { ContainerRuntime } from "../../orchestrator/src/ports/container-runtime.ts";
import { createDockerRuntime } from "../../orchestrator/src/runtime/docker/docker-runtime.ts";

const LOOK_EVERY_MS = 100;
const STOP_GRACE_SECONDS = 2;

/** The engine, seen through the eyes of one market. */
export function runtimeOf(identity: MarketIdentity): ContainerRuntime {
  return createDockerRuntime({
    identity,
    publishAddress: "127.0.0.1",
    subnetPool: "10.200.0.0/14",
    monotonic: () => performance.now(),
  });
}

/** Waits until nothing of the market is left on the engine. Throws the signal's reason. */
export async function awaitNothingLeft(runtime: ContainerRuntime, signal: AbortSignal): Promise<void> {
  while ((await runtime.observe(signal)).length > 0) await delay(LOOK_EVERY_MS, undefined, { signal });
}

/** Removes whatever is left of the market, when the daemon that should have is gone. */
export async function removeLeftovers(runtime: ContainerRuntime, signal: AbortSignal): Promise<void> {
  for (const workload of await runtime.observe(signal)) await removeWorkload(runtime, workload, signal);
}

async function removeWorkload(
  runtime: ContainerRuntime,
  { leaseId, containers, hasNetwork, volumes }: ObservedWorkload,
  signal: AbortSignal,
): Promise<void> {
  for (const { service } of containers) {
    await runtime.stopContainer(leaseId, service, STOP_GRACE_SECONDS, signal);
    await runtime.removeContainer(leaseId, service, signal);
  }
  if (hasNetwork) await runtime.removeNetwork(leaseId, signal);
  for (const { name } of volumes) await runtime.removeVolume(leaseId, name, signal);
}
