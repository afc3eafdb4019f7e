// SPDX-License-Identifier: Apache-2.0
import { ask } from "./ask.ts";
import type { DockerContext } from "./context.ts";
import { refused } from "./errors.ts";

/** Takes the provider's proxy out of a network, whether it is in it or not, and whether it runs or not. */
export async function leaveNetwork(
  { engine, ingress }: DockerContext,
  network: string,
  signal: AbortSignal,
): Promise<void> {
  if (ingress === undefined) return;
  const { container } = ingress;
  await ask(engine, {
    what: `take container ${container} out of network ${network}`,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      const options = { Container: container, Force: true, abortSignal };
      await engine.docker.getNetwork(network).disconnect(options);
    },
    outcomes: { 403: () => undefined, 404: () => undefined },
    otherwise: (refusal) => {
      if (/is not connected/i.test(refusal.message)) return undefined;
      throw refused(`take container ${container} out of network ${network}`, refusal);
    },
  });
}
