// SPDX-License-Identifier: Apache-2.0
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { rmSync } from "node:fs";
import { join } from "node:path";

/** What a registry does with the body of an answer, instead of sending it. */
export type Mischief =
  /** Sends so many bytes, then nothing any more. */
  | { readonly kind: "stall"; readonly after: number }
  /** Sends so many bytes every so many milliseconds. */
  | { readonly kind: "trickle"; readonly bytes: number; readonly every: number }
  /** Sends so many bytes, then cuts the connection. */
  | { readonly kind: "tear"; readonly after: number }
  /** Sends another body, and another status where one is given. */
  | { readonly kind: "replace"; readonly body: Buffer; readonly status?: number };

export interface AskedOf {
  readonly method: string;
  readonly path: string;
  /** Whether an engine asks, or the daemon. */
  readonly byEngine: boolean;
}

/** Stands before a registry on loopback, and, through a unix socket, wherever an engine of a test's own looks for it; passes all on but its mischief. */
export class HostileProxy {
  readonly host: string;
  readonly origin: string;
  readonly asked: AskedOf[] = [];
  /** What becomes of an answer; null passes it on. It may take its time first. */
  mischief: (asked: AskedOf) => Mischief | null | Promise<Mischief | null> = () => null;
  readonly #servers: readonly Server[];
  readonly #target: URL;

  private constructor(target: string, port: number, servers: readonly Server[]) {
    this.#target = new URL(target);
    this.host = `127.0.0.1:${port}`;
    this.origin = `http://${this.host}`;
    this.#servers = servers;
  }

  static async start(target: string, folder: string): Promise<HostileProxy> {
    const servers = [createServer(), createServer()];
    const [own, forEngine] = servers as [Server, Server];
    await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", () => resolve()));
    const address = own.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    rmSync(proxySocket(folder), { force: true });
    await new Promise<void>((resolve) => forEngine.listen(proxySocket(folder), () => resolve()));
    const proxy = new HostileProxy(target, port, servers);
    own.on("request", (request, response) => proxy.#pass(request, response, false));
    forEngine.on("request", (request, response) => proxy.#pass(request, response, true));
    return proxy;
  }

  /** Paths of blobs that an engine asked for. */
  get blobsPulled(): readonly string[] {
    return this.asked
      .filter(({ path, byEngine }) => byEngine && path.includes("/blobs/"))
      .map(({ path }) => path);
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #pass(request: IncomingMessage, response: ServerResponse, byEngine: boolean): void {
    const { method = "GET", url: path = "/", headers } = request;
    const asked = { method, path, byEngine };
    this.asked.push(asked);
    const { hostname, port } = this.#target;
    const onward = ask({ hostname, port, method, path, headers }, (answer) => {
      void Promise.resolve(this.mischief(asked)).then((mischief) => send(answer, response, mischief));
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  }
}

/** The program that listens where the engine is and leads to the proxy, from one network namespace into the other. */
export function relayProgram(folder: string, port: string): string {
  const target = JSON.stringify(proxySocket(folder));
  return `const net = require("node:net");
    net.createServer((one) => {
      const other = net.connect(${target});
      one.on("error", () => other.destroy()).pipe(other).on("error", () => one.destroy()).pipe(one);
    }).listen(${port}, "127.0.0.1", () => console.log("ready"));`;
}

function proxySocket(folder: string): string {
  return join(folder, "proxy.sock");
}

function send(answer: IncomingMessage, response: ServerResponse, mischief: Mischief | null): void {
  const { statusCode = 502, headers } = answer;
  if (mischief?.kind === "replace") {
    const { body, status = statusCode } = mischief;
    response.writeHead(status, { ...headers, "content-length": body.length }).end(body);
    answer.resume();
    return;
  }
  response.writeHead(statusCode, headers);
  if (mischief === null) return void answer.pipe(response);
  if (mischief.kind === "trickle") return trickle(answer, response, mischief);
  let left = mischief.after;
  answer.on("data", (part: Buffer) => {
    if (left > 0) response.write(part.subarray(0, left));
    left -= part.length;
    if (left <= 0 && mischief.kind === "tear") setTimeout(() => response.destroy(), 50);
  });
}

function trickle(
  answer: IncomingMessage,
  response: ServerResponse,
  { bytes, every }: Extract<Mischief, { readonly kind: "trickle" }>,
): void {
  const timer = setInterval(() => {
    const part = answer.read(bytes) as Buffer | null;
    if (part !== null) response.write(part);
  }, every);
  response.on("close", () => {
    clearInterval(timer);
    answer.destroy();
  });
}
