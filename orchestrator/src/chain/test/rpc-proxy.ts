// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";

/**
 * What becomes of a request: it is answered, it is lost on its way to the node, its answer is lost on the way back, it is answered
 * as if no transaction was waiting, or another answer takes its place.
 */
export type Fate = "answered" | "requestLost" | "answerLost" | "pendingHidden" | { readonly error: string };

/** A way to a node that a test makes unreliable. */
export interface RpcProxy {
  readonly url: string;
  /** Methods asked for, in order. */
  readonly asked: string[];
  /** What becomes of a request for a method; a test may set it. */
  fateOf: (method: string) => Fate | Promise<Fate>;
  stop(): Promise<void>;
}

interface RpcRequest {
  readonly id: number;
  readonly method: string;
}

export async function startRpcProxy(target: string): Promise<RpcProxy> {
  const server = createServer((request, response) => {
    void forward(request).then(
      (answer) => (answer === null ? response.destroy() : response.end(answer)),
      () => response.destroy(),
    );
  });
  const forward = async (request: IncomingMessage): Promise<string | null> => {
    const body = await bodyOf(request);
    const { id, method } = JSON.parse(body) as RpcRequest;
    proxy.asked.push(method);
    const fate = await proxy.fateOf(method);
    if (fate === "requestLost") return null;
    if (typeof fate === "object")
      return JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32000, message: fate.error } });
    const headers = { "content-type": "application/json" };
    const asked = fate === "pendingHidden" ? body.replace('"pending"', '"latest"') : body;
    const answer = await (await fetch(target, { method: "POST", headers, body: asked })).text();
    return fate === "answerLost" ? null : answer;
  };
  const proxy: RpcProxy = {
    url: await listen(server),
    asked: [],
    fateOf: () => "answered",
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
