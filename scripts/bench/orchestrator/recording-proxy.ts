// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { Cleanup } from "../../demonstration/cleanup.ts";

/** A way to a node that stands still: what was asked once is answered from memory, in the node's own bytes. */
export interface RecordingProxy {
  readonly url: string;
  /** The filters of all pages of logs that were asked for, each once. */
  readonly pages: readonly string[];
}

interface Call {
  readonly id: number | string;
  readonly method: string;
  readonly params?: readonly unknown[];
}

const HEADERS = { "content-type": "application/json" };

export async function startRecordingProxy(target: string, cleanup: Cleanup): Promise<RecordingProxy> {
  const records = new Map<string, Promise<Buffer>>();
  const pages: string[] = [];
  const answer = async (request: IncomingMessage): Promise<Buffer> => {
    const { id, method, params = [] } = JSON.parse(await text(request)) as Call;
    const question = JSON.stringify([method, params]);
    const record = records.get(question) ?? ask(target, method, params);
    if (!records.has(question) && method === "eth_getLogs") pages.push(JSON.stringify(params));
    records.set(question, record);
    return Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},`), await record]);
  };
  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.writeHead(200, { ...HEADERS, "content-length": body.length }).end(body),
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
  return { url: `http://127.0.0.1:${port}`, pages };
}

/** The node's answer from its `result` or `error` to its end. */
async function ask(target: string, method: string, params: readonly unknown[]): Promise<Buffer> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method, params });
  const reply = await (await fetch(target, { method: "POST", headers: HEADERS, body })).text();
  return Buffer.from(reply.slice(reply.search(/"(result|error)":/)));
}
