// SPDX-License-Identifier: Apache-2.0
import { Agent, request } from "node:http";

/** What a node answers, its refusal among it. */
export interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Asks a node of our own, which always answers. */
export function askNode(url: string, method: string, params: readonly unknown[]): Promise<RpcAnswer> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: "POST", headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")) as RpcAnswer));
    });
    asking.once("error", reject).end(body);
  });
}

/** As `askNode`, for a question that the node cannot refuse. */
export async function tellNode<Result>(
  url: string,
  method: string,
  params: readonly unknown[] = [],
): Promise<Result> {
  const { result, error } = await askNode(url, method, params);
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result as Result;
}
