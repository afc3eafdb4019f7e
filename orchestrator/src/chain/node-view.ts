// SPDX-License-Identifier: Apache-2.0
import type { PublicClient } from "viem";
import type { NodeView } from "../ports/node-view.ts";
import { readWith } from "./read.ts";

/** The node behind a client, as the operator's account sees it. */
export function createNodeView(client: PublicClient, operator: `0x${string}`): NodeView {
  return {
    newest: (signal) =>
      readWith(client, signal, async (reader) => {
        const { number, timestamp } = await reader.getBlock({ blockTag: "latest" });
        return { number, timestamp: Number(timestamp) };
      }),
    purse: (signal) =>
      readWith(client, signal, async (reader) => {
        const [balance, gasPrice] = await Promise.all([
          reader.getBalance({ address: operator }),
          reader.getGasPrice(),
        ]);
        return { balance, gasPrice };
      }),
  };
}
