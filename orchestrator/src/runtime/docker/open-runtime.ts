// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { failureOf } from "../../domain/failure.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { DockerContext } from "./context.ts";
import { proveLayerQuota } from "./disk/prove-layer-quota.ts";
import { proveVolumes } from "./disk/prove-volumes.ts";
import { VolumeStore, type StoreOptions } from "./disk/volume-store.ts";
import { contextOf, DockerRuntime, type DockerRuntimeOptions } from "./docker-runtime.ts";

export interface OpenOptions extends DockerRuntimeOptions {
  readonly volumes: StoreOptions;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two tries to prove the bound on an engine that does not answer. */
const AGAIN_AFTER = 2_000;

/**
 * A runtime whose promises about disk were tried on this very machine. Where volumes are to be bounded and cannot be, PermanentError
 * E_VOLUME_QUOTA_IMPOSSIBLE: nothing falls back to volumes without a bound. An engine that does not answer is waited for.
 */
export async function openDockerRuntime(options: OpenOptions, signal: AbortSignal): Promise<DockerRuntime> {
  const { identity, volumes, log } = options;
  const store = new VolumeStore(volumes);
  const context: DockerContext = { ...contextOf(options), store };
  await store.prepare(signal);
  if (volumes.quota === "none") {
    log.warn({ quota: "none" }, "volumes are not bounded: a tenant can fill this machine's disk");
    return new DockerRuntime(context);
  }
  const layerMiB = await untilItAnswers(options, signal, async () => {
    await proveVolumes(context, store, signal);
    return proveLayerQuota(context.engine, identity, signal);
  });
  log.info({ quota: "ext4", layerMiB: layerMiB ?? null }, "volumes are bounded");
  return new DockerRuntime({ ...context, ...(layerMiB === null ? {} : { layerMiB }) });
}

async function untilItAnswers<T>(
  { clock, log }: OpenOptions,
  signal: AbortSignal,
  prove: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await prove();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RetryableError)) throw error;
      log.warn(failureOf(error), "whether volumes can be bounded is not known yet");
      await clock.sleep(AGAIN_AFTER, signal);
    }
  }
}
