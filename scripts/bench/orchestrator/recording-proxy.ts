// SPDX-License-Identifier: Apache-2.0
import { type Hex, numberToHex } from "viem";
import type { Cleanup } from "../../demonstration/cleanup.ts";
import { JSON_HEADERS, serveJson } from "./json-server.ts";

/**
 * A way to a node that stands still: what was asked once is answered from memory. Block numbers are the node's times STRETCH, as if
 * so many blocks had nothing in them for each that has: a page of blocks holds as much as a node is willing to send.
 */
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

export const STRETCH = 130n;

export async function startRecordingProxy(target: string, cleanup: Cleanup): Promise<RecordingProxy> {
  const records = new Map<string, Promise<Buffer>>();
  const pages: string[] = [];
  const answer = async (body: string): Promise<Buffer> => {
    const { id, method, params = [] } = JSON.parse(body) as Call;
    const question = JSON.stringify([method, params]);
    const record = records.get(question) ?? ask(target, method, params);
    if (!records.has(question) && method === "eth_getLogs") pages.push(JSON.stringify(params));
    records.set(question, record);
    return Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},`), await record]);
  };
  return { url: await serveJson(answer, cleanup), pages };
}

/** The node's answer from its `result` or `error` to its end. */
async function ask(target: string, method: string, params: readonly unknown[]): Promise<Buffer> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method, params: params.map(shrunk) });
  const reply = await (await fetch(target, { method: "POST", headers: JSON_HEADERS, body })).json();
  const { result, error } = reply as { readonly result?: unknown; readonly error?: unknown };
  if (error !== undefined) return Buffer.from(`"error":${JSON.stringify(error)}}`);
  const [asked] = params;
  const number = method === "eth_getBlockByNumber" && isNumber(asked) ? asked : null;
  return Buffer.from(`"result":${JSON.stringify(stretched(method, result, number))}}`);
}

/** A block's number in a request, which may stand by itself or be an end of a range, as the node counts. */
function shrunk(param: unknown): unknown {
  if (isNumber(param)) return numberToHex(BigInt(param) / STRETCH);
  if (typeof param !== "object" || param === null || !("fromBlock" in param)) return param;
  const { fromBlock, toBlock } = param as Readonly<Record<"fromBlock" | "toBlock", Hex>>;
  const first = numberToHex((BigInt(fromBlock) + STRETCH - 1n) / STRETCH);
  return { ...param, fromBlock: first, toBlock: numberToHex(BigInt(toBlock) / STRETCH) };
}

/** The node's answer with its numbers of blocks as they are asked for here. */
function stretched(method: string, result: unknown, number: Hex | null): unknown {
  const stretch = (text: Hex): Hex => numberToHex(BigInt(text) * STRETCH);
  if (method === "eth_blockNumber") return stretch(result as Hex);
  if (method === "eth_getLogs")
    return (result as readonly { readonly blockNumber: Hex }[]).map((log) => ({
      ...log,
      blockNumber: stretch(log.blockNumber),
    }));
  if (method !== "eth_getBlockByNumber") return result;
  const block = result as { readonly number: Hex };
  return { ...block, number: number ?? stretch(block.number) };
}

function isNumber(param: unknown): param is Hex {
  return typeof param === "string" && /^0x[0-9a-f]{1,16}$/.test(param);
}
