// SPDX-License-Identifier: Apache-2.0
import { explainRevert, type RevertContext } from "./reverts.ts";

interface Scoped<Client> {
  scope(options: { readonly signal: AbortSignal }): Client;
}

/**
 * Runs requests of a client that end with the signal. Failures become errors of Berth, as `explainRevert` words them; when
 * the signal ended them, its reason is thrown instead.
 */
export async function withSignal<Client extends Scoped<Client>, Result>(
  client: Client,
  signal: AbortSignal | undefined,
  run: (client: Client) => Promise<Result>,
  context?: RevertContext,
): Promise<Result> {
  signal?.throwIfAborted();
  try {
    return await run(signal === undefined ? client : client.scope({ signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw explainRevert(error, context);
  }
}
