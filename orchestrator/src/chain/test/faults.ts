// SPDX-License-Identifier: Apache-2.0
import { numberToHex, type PublicClient } from "viem";
import type { RpcProxy } from "./rpc-proxy.ts";

interface RawLog {
  readonly topics: readonly string[];
  readonly data: string;
}

/** All is well again. */
export function heal(proxy: RpcProxy): void {
  proxy.fateOf = () => "answered";
  proxy.paramsOf = (_method, params) => params;
  proxy.resultOf = (_method, result) => result;
}

/** Shows the chain as it was so many blocks ago. */
export function lagBehind(proxy: RpcProxy, client: PublicClient, blocks: bigint): void {
  const head = async (): Promise<bigint> => {
    const newest = await client.getBlockNumber({ cacheTime: 0 });
    return newest > blocks ? newest - blocks : 0n;
  };
  proxy.paramsOf = async (_method, params) => {
    const shown = numberToHex(await head());
    return params.map((param) => (param === "latest" ? shown : param));
  };
  proxy.fateOf = async (method, [first]) => {
    if (method === "eth_blockNumber") return "requestLost";
    const isAhead =
      typeof first === "string" && /^0x[0-9a-f]{1,15}$/.test(first) && BigInt(first) > (await head());
    return method === "eth_getBlockByNumber" && isAhead ? { error: "header not found" } : "answered";
  };
}

/** Leaves out every log of which `isHidden` says so, by its place in the answer. */
export function dropLogs(proxy: RpcProxy, isHidden: (index: number, length: number) => boolean): void {
  proxy.resultOf = (method, result) =>
    method === "eth_getLogs"
      ? (result as RawLog[]).filter((_, index, logs) => !isHidden(index, logs.length))
      : result;
}

/** Shows every byte of a kind in the data of logs as another. */
export function forgeLogs(proxy: RpcProxy, byte: string, other: string): void {
  proxy.resultOf = (method, result) =>
    method === "eth_getLogs"
      ? (result as RawLog[]).map((log) => ({
          ...log,
          data: log.data.replaceAll(byte.repeat(32), other.repeat(32)),
        }))
      : result;
}
