// SPDX-License-Identifier: Apache-2.0
import { type Address, formatLog, type Hex, numberToHex, pad, type PublicClient, type RpcLog } from "viem";
import type { BerthError } from "./errors.ts";
import { decodeMarketLogs, type MarketEvent, type MinedLog, topicsNamingProviderAt } from "./events.ts";
import { explainRevert } from "./reverts.ts";
import { causesOf } from "./rpc-errors.ts";

const PAGE_BLOCKS = 10_000n;
const TOO_MUCH_STATUSES = [400, 413];
/** Positions of the provider among an event's indexed arguments. */
const PROVIDER_POSITIONS = [1, 2] as const;

/** Which events of a market; both ends of the range included. */
export interface EventQuery {
  readonly address: Address;
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
  /** Only events that name this provider. */
  readonly provider?: Address;
  readonly signal?: AbortSignal;
}

/** Which logs of one contract; both ends of the range included. */
export interface LogQuery extends Omit<EventQuery, "provider"> {
  readonly topics: readonly (Hex | readonly Hex[] | null)[];
  /** Blocks asked for at once, at first: a node that finds it too much is asked for less. */
  readonly pageBlocks: bigint;
}

/**
 * The market's events in a range of blocks, in the order of the chain, however many there are. A range beyond the node's
 * newest block answers what there is: compare block hashes before acting on it. Throws RetryableError E_RPC_UNREACHABLE or
 * E_RPC_FAILED, and the signal's reason.
 */
export async function getMarketEvents(client: PublicClient, query: EventQuery): Promise<MarketEvent[]> {
  const { provider, ...range } = query;
  const filters = provider === undefined ? [[]] : providerFilters(provider);
  const found = await Promise.all(
    filters.map((topics) => getLogs(client, { ...range, topics, pageBlocks: PAGE_BLOCKS })),
  );
  const logs = found.flat().sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
  return decodeMarketLogs(logs);
}

/** Logs in a range of blocks, page by page; a page that the node refuses is halved, down to one block. */
export async function getLogs(client: PublicClient, query: LogQuery): Promise<MinedLog[]> {
  const logs: MinedLog[] = [];
  let size = query.pageBlocks;
  for (let from = query.fromBlock; from <= query.toBlock;) {
    const to = from + size - 1n < query.toBlock ? from + size - 1n : query.toBlock;
    const page = await getPage(client, query, from, to);
    if (Array.isArray(page)) {
      for (const log of page) logs.push(log);
      from = to + 1n;
    } else {
      if (from === to) throw page;
      size = (to - from + 1n) / 2n;
    }
  }
  return logs;
}

/** The logs of one page, or why the node finds it too much. */
async function getPage(
  client: PublicClient,
  { address, topics, signal }: LogQuery,
  from: bigint,
  to: bigint,
): Promise<MinedLog[] | BerthError> {
  const filter = {
    address,
    topics: topics as (Hex | Hex[] | null)[],
    fromBlock: numberToHex(from),
    toBlock: numberToHex(to),
  };
  try {
    const logs = await client.request({ method: "eth_getLogs", params: [filter] }, { signal });
    return logs.map(mined);
  } catch (error) {
    signal?.throwIfAborted();
    const explained = explainRevert(error);
    if (!isTooMuch(error, explained)) throw explained;
    return explained;
  }
}

function isTooMuch(error: unknown, { code }: BerthError): boolean {
  const refusedPage = causesOf(error).some((cause) => {
    const { status } = cause as { readonly status?: number };
    return status !== undefined && TOO_MUCH_STATUSES.includes(status);
  });
  return code === "E_RPC_FAILED" || refusedPage;
}

function providerFilters(provider: Address): LogQuery["topics"][] {
  return PROVIDER_POSITIONS.map((position) => [
    topicsNamingProviderAt(position),
    ...Array.from({ length: position - 1 }, () => null),
    pad(provider),
  ]);
}

function mined(log: RpcLog): MinedLog {
  return formatLog(log) as MinedLog;
}
