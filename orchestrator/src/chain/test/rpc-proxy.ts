// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";

/**
 * What becomes of a request: it is answered, it is lost on its way to the node, its answer is lost on the way back or never comes,
 * it is answered as if no transaction was waiting, or another answer takes its place.
 */
export type Fate =
  | "answered"
  | "requestLost"
  | "answerLost"
  | "hangs"
  | "pendingHidden"
  | { readonly error: string }
  | { readonly status: number };

/** A way to a node that a test makes unreliable. */
export interface RpcProxy {
  readonly url: string;
  /** Methods asked for, in order. */
  readonly asked: string[];
  /** What becomes of a request for a method; a test may set it. */
  fateOf: (method: string, params: readonly unknown[]) => Fate | Promise<Fate>;
  /** What is asked instead of a request's parameters; a test may set it. */
  paramsOf: (method: string, params: readonly unknown[]) => readonly unknown[] | Promise<readonly unknown[]>;
  /** What is answered instead of the node's result; a test may set it. */
  resultOf: (method: string, result: unknown) => unknown;
  stop(): Promise<void>;
}

interface RpcRequest {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

export async function startRpcProxy(target: string): Promise<RpcProxy> {
  const server = createServer((request, response) => {
    void forward(request).then(
      (answer) => {
        if (answer === null) response.destroy();
        else if (typeof answer === "number") response.writeHead(answer).end();
        else response.end(answer);
      },
      () => response.destroy(),
    );
  });
  const forward = async (request: IncomingMessage): Promise<string | number | null> => {
    const { id, method, params = [] } = JSON.parse(await bodyOf(request)) as RpcRequest;
    proxy.asked.push(method);
    const fate = await proxy.fateOf(method, params);
    if (fate === "requestLost") return null;
    if (fate === "hangs") return new Promise<never>(() => undefined);
    if (typeof fate === "object" && "status" in fate) return fate.status;
    if (typeof fate === "object")
      return JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32000, message: fate.error } });
    const headers = { "content-type": "application/json" };
    const shown =
      fate === "pendingHidden" ? params.map((param) => (param === "pending" ? "latest" : param)) : params;
    const asked = { jsonrpc: "2.0", id, method, params: await proxy.paramsOf(method, shown) };
    const reply = await fetch(target, { method: "POST", headers, body: JSON.stringify(asked) });
    const answer = (await reply.json()) as { readonly result?: unknown };
    if (fate === "answerLost") return null;
    return JSON.stringify(
      "result" in answer ? { ...answer, result: proxy.resultOf(method, answer.result) } : answer,
    );
  };
  const proxy: RpcProxy = {
    url: await listen(server),
    asked: [],
    fateOf: () => "answered",
    paramsOf: (_method, params) => params,
    resultOf: (_method, result) => result,
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
