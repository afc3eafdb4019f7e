// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setImmediate as turn } from "node:timers/promises";
import { answer, cutOff } from "./answer.ts";
import type { Faults } from "./faults.ts";
import { EngineRefusal, notServed, type Reply } from "./replies.ts";
import { ROUTES, bodyOf, type EngineRequest, type Route } from "./routes.ts";
import type { EngineState } from "./state.ts";
import type { Cgroup } from "./stats.ts";

/** How often the event loop comes round until a client of this process knows that its connection was cut. */
const ROUNDS_TO_NOTICE = 3;

export interface ServerOptions {
  readonly state: EngineState;
  readonly cgroup: Cgroup;
  readonly socketPath: string;
  readonly faults: () => Faults;
}

/** The engine's API on a unix socket: reads requests, lets faults befall them, and counts. */
export class EngineServer {
  readonly #options: ServerOptions;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  /** Requests whose answer has not ended, streams among them. */
  readonly open = new Set<ServerResponse>();
  /** Requests so far, by endpoint. */
  readonly calls = new Map<string, number>();
  readonly #hung = new Set<() => void>();
  #count = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  get hung(): number {
    return this.#hung.size;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(this.#options.socketPath, resolve);
    });
  }

  /** Cuts every connection and takes no new one; resolves when both ends have seen it. */
  async close(): Promise<void> {
    const cut = [...this.open].map((response) => once(response, "close"));
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await Promise.all([closed, ...cut]);
    for (let round = 0; round < ROUNDS_TO_NOTICE; round += 1) await turn();
  }

  /** Lets the hung requests go on, those whose client still waits. */
  release(): void {
    for (const goOn of [...this.#hung]) goOn();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open.add(response);
    response.once("close", () => this.open.delete(response));
    const request = await this.#read(incoming).catch(() => null);
    if (request === null) return;
    const { route, ...rest } = request;
    this.#options.state.agenda.settle();
    this.#count += 1;
    this.calls.set(route.endpoint, (this.calls.get(route.endpoint) ?? 0) + 1);
    const subject = subjectOf(route, rest);
    const mutates = !route.endpoint.startsWith("GET ");
    const call = { number: this.#count, endpoint: route.endpoint, subject, mutates };
    const fault = this.#options.faults()(call);
    if (fault?.kind === "hang" && !(await this.#hang(response))) return;
    const refusal = fault?.kind === "refuse" ? new EngineRefusal(fault.status, fault.message) : null;
    const reply = refusal === null ? await outcome(route, rest) : refusalReply(refusal);
    if (fault?.kind === "drop") return cutOff(response);
    answer(response, reply, fault);
  }

  async #read(incoming: IncomingMessage): Promise<EngineRequest & { readonly route: Route }> {
    const body = await buffer(incoming);
    const { pathname, searchParams: query } = new URL(incoming.url ?? "/", "http://engine");
    const line = `${incoming.method} ${decodeURIComponent(pathname)}`;
    const route = ROUTES.find(({ pattern }) => pattern.test(line)) ?? unknownRoute(line);
    const name = route.pattern.exec(line)?.[1] ?? "";
    const { state, cgroup } = this.#options;
    return { route, state, cgroup, name, query, body };
  }

  /** Whether the request is to go on after all. */
  #hang(response: ServerResponse): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (goesOn: boolean) => {
        this.#hung.delete(goOn);
        resolve(goesOn);
      };
      const goOn = () => end(true);
      this.#hung.add(goOn);
      response.once("close", () => end(false));
    });
  }
}

async function outcome({ run }: Route, request: EngineRequest): Promise<Reply> {
  try {
    return await run(request);
  } catch (error) {
    if (error instanceof EngineRefusal) return refusalReply(error);
    throw error;
  }
}

function refusalReply({ status, message }: EngineRefusal): Reply {
  return { status, json: { message } };
}

function unknownRoute(line: string): Route {
  const run = () => {
    throw notServed(line);
  };
  return { endpoint: line, pattern: /$^/, run };
}

function subjectOf({ endpoint }: Route, request: EngineRequest): string {
  const { state, name, query } = request;
  if (name !== "") return state.findContainer(name)?.name ?? state.networks.get(name)?.name ?? name;
  if (endpoint === "POST /containers/create") return query.get("name") ?? "";
  if (endpoint === "POST /images/create") return `${query.get("fromImage")}:${query.get("tag")}`;
  return endpoint.endsWith("/create") ? bodyOf<{ readonly Name: string }>(request).Name : "";
}
