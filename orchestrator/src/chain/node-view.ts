// SPDX-License-Identifier: Apache-2.0
import type { NodeView } from "../ports/node-view.ts";
import { readWith } from "./read.ts";
import type { RpcPool } from "./rpc/pool.ts";

/** The nodes behind a pool, as the operator's account sees them. */
export function createNodeView(pool: Pick<RpcPool, "client" | "states">, operator: `0x${string}`): NodeView {
  const { client } = pool;
  return {
    endpoints: () => pool.states(),
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
