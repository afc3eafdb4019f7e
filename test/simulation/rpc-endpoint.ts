// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { numberToHex } from "viem";
import type { Dice } from "../differential/dice.ts";
import type { Fates } from "./fates.ts";
import type { Network } from "./network.ts";
import { askNode, type RpcAnswer } from "./node-rpc.ts";
import type { Traffic } from "./traffic.ts";

/** How often what goes wrong, 0 to 1: for each request, and lag for each LAG_SPAN. */
export interface RpcFaults {
  readonly error: number;
  readonly tooMany: number;
  readonly hang: number;
  readonly lostReply: number;
  readonly missingLogs: number;
  readonly forgedLogs: number;
  readonly lag: number;
}

export interface EndpointOptions {
  readonly node: string;
  readonly network: Network;
  readonly traffic: Traffic;
  readonly fates: Fates;
  readonly faults: RpcFaults;
}

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

interface RawLog {
  readonly data: string;
}

const LAG_BLOCKS = 8;
/** Milliseconds. */
const LAG_SPAN = 300_000;

/** One RPC of the daemon's: it lags, forgets, invents and fails as its dice say, and can be dark. */
export class RpcEndpoint {
  readonly #options: EndpointOptions;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #faults: RpcFaults | null;
  isDark = false;
  /** Requests so far, by method. */
  readonly asked = new Map<string, number>();

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#faults = options.faults;
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** Goes dark, in the middle of whatever it was answering. */
  cut(): void {
    this.isDark = true;
    this.#server.closeAllConnections();
  }

  /** From now on nothing goes wrong. */
  heal(): void {
    this.#faults = null;
    this.isDark = false;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const over = this.#options.traffic.begin();
    response.once("close", over);
    const question = await questionOf(request).catch(() => null);
    if (question === null || this.isDark) return void response.destroy();
    this.asked.set(question.method, (this.asked.get(question.method) ?? 0) + 1);
    const dice = this.#options.fates.of(`${question.method} ${JSON.stringify(question.params)}`);
    if (this.#befalls("hang", dice)) return over();
    if (this.#befalls("tooMany", dice)) return void response.writeHead(429).end();
    if (this.#befalls("error", dice)) return fail(question, dice, response);
    const answer = await this.#answer(question, dice);
    if (this.#befalls("lostReply", dice) || this.isDark) return void response.destroy();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id: question.id, ...answer }));
  }

  async #answer({ method, params = [] }: Question, dice: Dice): Promise<RpcAnswer> {
    const { node, network } = this.#options;
    const lag = this.#lag();
    const shown = network.height - lag;
    if (method === "eth_blockNumber") return { result: numberToHex(shown) };
    const behind = lag > 0;
    const asked = behind ? params.map((param) => (param === "latest" ? numberToHex(shown) : param)) : params;
    if (behind && method === "eth_getBlockByNumber" && isAfter(asked[0], shown)) return { result: null };
    if (behind && method === "eth_call" && isAfter(asked[1], shown))
      return { error: { code: -32_000, message: "header not found" } };
    const answer = await askNode(node, method, asked);
    if (method === "eth_sendRawTransaction" && answer.error === undefined) {
      network.send(params[0] as `0x${string}`);
    }
    if (method !== "eth_getLogs" || !Array.isArray(answer.result)) return answer;
    const logs = answer.result as readonly RawLog[];
    if (this.#befalls("missingLogs", dice)) return { result: withoutOne(logs, dice) };
    return this.#befalls("forgedLogs", dice) ? { result: withOneForged(logs, dice) } : answer;
  }

  #befalls(fault: keyof RpcFaults, dice: Dice): boolean {
    return this.#faults !== null && dice.chance(this.#faults[fault]);
  }

  /** Blocks by which it is behind just now. */
  #lag(): number {
    const dice = this.#options.fates.during(LAG_SPAN);
    return this.#befalls("lag", dice) ? 1 + dice.below(LAG_BLOCKS) : 0;
  }
}

function fail({ id }: Question, dice: Dice, response: ServerResponse): void {
  const error = { code: -32_603, message: "internal error" };
  switch (dice.below(3)) {
    case 0:
      return void response.destroy();
    case 1:
      return void response.writeHead(503).end();
    default:
      return void response.end(JSON.stringify({ jsonrpc: "2.0", id, error }));
  }
}

async function questionOf(request: IncomingMessage): Promise<Question> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Question;
}

function isAfter(block: unknown, shown: number): boolean {
  return typeof block === "string" && /^0x[0-9a-f]{1,12}$/.test(block) && Number(block) > shown;
}

function withoutOne(logs: readonly RawLog[], dice: Dice): readonly RawLog[] {
  const missing = logs.length === 0 ? -1 : dice.below(logs.length);
  return logs.filter((_, index) => index !== missing);
}

function withOneForged(logs: readonly RawLog[], dice: Dice): readonly RawLog[] {
  const forged = logs.length === 0 ? -1 : dice.below(logs.length);
  return logs.map((log, index) => (index === forged ? { ...log, data: `${log.data.slice(0, -1)}7` } : log));
}
