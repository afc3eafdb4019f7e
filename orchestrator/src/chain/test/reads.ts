// SPDX-License-Identifier: Apache-2.0
import type { Market } from "@berth/sdk";
import { http, type Transport } from "viem";
import type { HeadPolicy } from "../../domain/head-policy.ts";
import type { Reads } from "../market-events.ts";
import { readChain } from "../read.ts";

/** Every block counts at once. */
export const newestHeads: HeadPolicy = { act: 0n, settle: 0n, delete: 0n };

/** Reads of one market, with no endpoint to fall back on. */
export function soleMarket(market: Market): Reads {
  return {
    states: () => ["serving"],
    read: (signal, read) => readChain(signal, () => read(market)),
    readNewest: async (signal, read) => (await readChain(signal, () => read(market))).answer,
  };
}

/** A way to a node that tries once and does not wait long. */
export function impatient(url: string): Transport {
  return http(url, { timeout: 2_000, retryCount: 0 });
}
