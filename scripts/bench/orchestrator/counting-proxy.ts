// SPDX-License-Identifier: Apache-2.0
import type { Cleanup } from "../../demonstration/cleanup.ts";
import { JSON_HEADERS, serveJson } from "./json-server.ts";

/** A way to a node that counts what goes through it and changes nothing. */
export interface CountingProxy {
  readonly url: string;
  /** Calls so far by method; each of a batch counts. */
  readonly calls: Map<string, number>;
}

type Call = { readonly method: string };

export async function startCountingProxy(target: string, cleanup: Cleanup): Promise<CountingProxy> {
  const calls = new Map<string, number>();
  const forward = async (body: string): Promise<Buffer> => {
    for (const { method } of [JSON.parse(body) as Call | readonly Call[]].flat())
      calls.set(method, (calls.get(method) ?? 0) + 1);
    const answer = await fetch(target, { method: "POST", headers: JSON_HEADERS, body });
    return Buffer.from(await answer.arrayBuffer());
  };
  return { url: await serveJson(forward, cleanup), calls };
}

export function total(calls: ReadonlyMap<string, number>): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}
