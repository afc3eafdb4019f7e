// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { Cleanup } from "../../demonstration/cleanup.ts";

/** A way to a node that counts what goes through it and changes nothing. */
export interface CountingProxy {
  readonly url: string;
  /** Calls so far by method; each of a batch counts. */
  readonly calls: Map<string, number>;
}

type Call = { readonly method: string };

export async function startCountingProxy(target: string, cleanup: Cleanup): Promise<CountingProxy> {
  const calls = new Map<string, number>();
  const forward = async (request: IncomingMessage): Promise<string> => {
    const body = await text(request);
    for (const { method } of [JSON.parse(body) as Call | readonly Call[]].flat())
      calls.set(method, (calls.get(method) ?? 0) + 1);
    const headers = { "content-type": "application/json" };
    return (await fetch(target, { method: "POST", headers, body })).text();
  };
  const server = createServer((request, response) => {
    forward(request).then(
      (answer) => response.setHeader("content-type", "application/json").end(answer),
      () => response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.add(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, calls };
}

export function total(calls: ReadonlyMap<string, number>): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}
