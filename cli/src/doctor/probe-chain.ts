// SPDX-License-Identifier: Apache-2.0
import type { ProviderSummary } from "@berth/sdk";
import { decodeMarketLogs, getLogs, topicNamed, withSignal } from "@berth/sdk";
import type { Address } from "viem";
import { pad } from "viem";
import type { MarketSession } from "../flows/session.ts";
import type { GasFact } from "./judge-provider.ts";

/** Blocks back in which reports are looked for, and how many of them count. */
const REACH = 20_000n;
const COUNTED = 4;
/** Units of gas of a report where none is found. */
const ASSUMED_GAS = 100_000n;

/** What the operator holds and what the provider's last reports cost. `configured`: seconds between two reports. */
export async function probeGas(
  session: MarketSession,
  provider: Address,
  { operator, reportPeriod }: ProviderSummary,
  configured: number | undefined,
  signal: AbortSignal,
): Promise<GasFact> {
  const { client } = session.market;
  const [balance, gasPrice] = await withSignal(client, signal, (reader) =>
    Promise.all([reader.getBalance({ address: operator }), reader.getGasPrice()]),
  );
  const costs = await costsOfReports(session, provider, signal);
  const sum = costs.reduce((total, cost) => total + cost, 0n);
  const half = reportPeriod / 2n;
  const wanted = configured === undefined ? half : BigInt(configured);
  return {
    operator,
    balance,
    costOfReport: costs.length === 0 ? ASSUMED_GAS * gasPrice : sum / BigInt(costs.length),
    interval: wanted < half ? wanted : half,
  };
}

async function costsOfReports(
  { market, startBlock }: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<readonly bigint[]> {
  const { client, address } = market;
  const toBlock = await withSignal(client, signal, (reader) => reader.getBlockNumber({ cacheTime: 0 }));
  const earliest = toBlock > REACH ? toBlock - REACH : 0n;
  const fromBlock = earliest > startBlock ? earliest : startBlock;
  const topics = [topicNamed("ProviderReported"), pad(provider)];
  const query = { address, topics, fromBlock, toBlock, pageBlocks: REACH, signal };
  const last = decodeMarketLogs(await getLogs(client, query)).slice(-COUNTED);
  return Promise.all(
    last.map(async ({ transactionHash: hash }) => {
      const { gasUsed, effectiveGasPrice } = await withSignal(client, signal, (reader) =>
        reader.getTransactionReceipt({ hash }),
      );
      return gasUsed * effectiveGasPrice;
    }),
  );
}
