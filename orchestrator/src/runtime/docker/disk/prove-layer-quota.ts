// SPDX-License-Identifier: Apache-2.0
import type { MarketIdentity } from "../../../domain/identity.ts";
import { marketLabels } from "../../../domain/names.ts";
import { ask } from "../ask.ts";
import type { Engine } from "../client.ts";
import { EMPTY_IMAGE, ensureEmptyImage } from "../empty-image.ts";
import { helperOptions } from "../helper-container.ts";
import { proofName } from "./prove-volumes.ts";

/** A container's own layer is read-only: only what the engine itself puts there counts. */
const LAYER_MIB = 64;

/** The bound on a container's own layer, in MiB, if the engine takes one when it is asked to; null where it cannot bound it. */
export async function proveLayerQuota(
  engine: Engine,
  identity: MarketIdentity,
  signal: AbortSignal,
): Promise<number | null> {
  await ensureEmptyImage(engine, signal);
  const name = `${proofName(identity)}-layer`;
  const remove = (): Promise<unknown> =>
    ask(engine, {
      what: `remove container ${name}`,
      limitMs: engine.deadlines.change,
      signal,
      run: (abortSignal) => engine.docker.getContainer(name).remove({ force: true, abortSignal }),
      outcomes: { 404: () => undefined },
    });
  await remove();
  const taken = await ask(engine, {
    what: "try a bound on a container's layer",
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      const StorageOpt = { size: `${LAYER_MIB}m` };
      const options = helperOptions({ name, image: EMPTY_IMAGE, labels: marketLabels(identity), mounts: [] });
      const HostConfig = { ...options.HostConfig, StorageOpt };
      await engine.docker.createContainer({ ...options, HostConfig, abortSignal });
      return true;
    },
    otherwise: () => false,
  });
  await remove();
  return taken ? LAYER_MIB : null;
}
