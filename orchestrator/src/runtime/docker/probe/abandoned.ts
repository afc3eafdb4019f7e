// SPDX-License-Identifier: Apache-2.0
import { isNetworkList, isProbeList } from "../answers.ts";
import { ask } from "../ask.ts";
import type { Engine } from "../client.ts";
import { labelFilter } from "../context.ts";
import { parseTime } from "../time.ts";
import { PROBE_LABEL, removeProbe } from "./witness.ts";

/** Milliseconds after which what a probe made is nobody's any more: each ends itself in less. */
const ABANDONED = 180_000;

/** Removes the containers and networks of probes that were cut off, whoever's they were. */
export async function clearAbandoned(engine: Engine, signal: AbortSignal): Promise<void> {
  const isOld = (createdAt: number): boolean => Date.now() - createdAt > ABANDONED;
  for (const { Id, Created } of await containersOfProbes(engine, signal))
    if (isOld(Created * 1_000)) await removeProbe(engine, Id);
  for (const { Id, Created } of await networksOfProbes(engine, signal))
    if (isOld(parseTime(Created) ?? Date.now())) await removeNetwork(engine, Id, signal);
}

function containersOfProbes(engine: Engine, signal: AbortSignal) {
  const filters = labelFilter({ [PROBE_LABEL]: "1" });
  return ask(engine, {
    what: "list containers of earlier probes",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.listContainers({ all: true, filters, abortSignal }),
    check: isProbeList,
  });
}

async function networksOfProbes(engine: Engine, signal: AbortSignal) {
  const networks = await ask(engine, {
    what: "list networks of earlier probes",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.listNetworks({ abortSignal }),
    check: isNetworkList,
  });
  return networks.filter(({ Labels }) => PROBE_LABEL in (Labels ?? {}));
}

/** One that is in use in spite of its age stays: its engine refuses. */
async function removeNetwork(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await ask(engine, {
    what: "remove the network of an earlier probe",
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.getNetwork(id).remove({ abortSignal }),
    outcomes: { 403: () => undefined, 404: () => undefined },
  });
}
