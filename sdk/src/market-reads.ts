// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  erc20Abi,
  getContract,
  type GetContractReturnType,
  type Hex,
  numberToHex,
  type PublicClient,
} from "viem";
import { withSignal } from "./chain-read.ts";
import { InvariantError, UserError } from "./errors.ts";
import { getLogs } from "./event-pages.ts";
import { decodeMarketLogs, topicNamed } from "./events.ts";
import { leaseSummaryFrom, offerFrom, providerSummaryFrom } from "./from-chain.ts";
import { computeMarketAbi } from "./generated/abi.ts";
import type { Market, OfferCreation, ReadOptions } from "./market.ts";
import { inLists, readSummaries } from "./lease-summaries.ts";

/** How often a read is tried that ends in a panic. */
const MOST_READS = 3;

type Contract = GetContractReturnType<typeof computeMarketAbi, PublicClient>;
type Read = <Result>(
  options: ReadOptions | undefined,
  read: (contract: Contract, at: Pick<ReadOptions, "blockNumber">) => Promise<Result>,
) => Promise<Result>;

/** The reads of a market at an address that has been checked. */
export function marketReads(
  client: PublicClient,
  address: Address,
): Omit<Market, "address" | "chainId" | "client"> {
  const read: Read = ({ blockNumber, signal } = {}, run) =>
    untorn(() =>
      withSignal(client, signal, (reader) =>
        run(getContract({ address, abi: computeMarketAbi, client: reader }), { blockNumber }),
      ),
    );
  return {
    leaseSummaries: async (leaseIds, { blockNumber, signal } = {}) => {
      const lists = inLists(leaseIds);
      const ofOneBlock = blockNumber ?? (lists.length > 1 ? await newestBlock(client, signal) : undefined);
      return untorn(() =>
        withSignal(client, signal, (reader) => readSummaries(reader, address, lists, ofOneBlock)),
      );
    },
    leaseSummary: (leaseId, options) =>
      read(options, async ({ read }, at) => leaseSummaryFrom(await read.leaseSummary([leaseId], at))),
    providerOf: (provider, options) =>
      read(options, async ({ read }, at) => providerSummaryFrom(await read.providerOf([provider], at))),
    offerOf: (offerId, options) =>
      read(options, async ({ read }, at) => offerFrom(await read.offerOf([offerId], at))),
    disputeOf: (leaseId, options) =>
      read(options, async ({ read }, at) => await read.disputeOf([leaseId], at)),
    isQuoteSpent: (provider, salt, options) =>
      read(options, async ({ read }, at) => await read.isQuoteSpent([provider, salt], at)),
    ...moneyReads(client, read),
    offerResources: async (offerId, options) =>
      (await readCreation(client, address, offerId, options?.signal)).resources,
    offerCreation: (offerId, options) => readCreation(client, address, offerId, options?.signal),
  };
}

/**
 * Reads again where a view panics: a node that makes a block while it answers may pair one block's time with the next one's state, in which a
 * clock has gone backwards. A panic that stays is a defect, and is thrown.
 */
async function untorn<Result>(read: () => Promise<Result>): Promise<Result> {
  for (let reads = 1; ; reads += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof InvariantError) || reads === MOST_READS) throw error;
    }
  }
}

function moneyReads(
  client: PublicClient,
  read: Read,
): Pick<Market, "stakeOf" | "balanceOf" | "delegateOf" | "tokenInfo" | "periods"> {
  return {
    delegateOf: (principal, token, delegate, options) =>
      read(options, async (contract, at) => {
        const [cap, until] = await contract.read.delegateOf([principal, token, delegate], at);
        return { cap, until };
      }),
    stakeOf: (token, provider, options) =>
      read(options, async (contract, at) => {
        const [staked, locked] = await contract.read.stakeOf([token, provider], at);
        return { staked, locked };
      }),
    balanceOf: (token, account, options) =>
      read(options, (contract, at) => contract.read.balanceOf([token, account], at)),
    tokenInfo: (token, { blockNumber, signal } = {}) =>
      withSignal(client, signal, async (reader) => {
        const erc20 = getContract({ address: token, abi: erc20Abi, client: reader });
        const at = { blockNumber };
        const [symbol, decimals] = await Promise.all([erc20.read.symbol(at), erc20.read.decimals(at)]);
        return { symbol, decimals };
      }),
    periods: (options) =>
      read(options, async (contract, at) => {
        const [lapsePeriod, disputeWindow, rulingPeriod] = await Promise.all([
          contract.read.LAPSE_PERIOD(at),
          contract.read.DISPUTE_WINDOW(at),
          contract.read.RULING_PERIOD(at),
        ]);
        return { lapsePeriod, disputeWindow, rulingPeriod };
      }),
  };
}

async function readCreation(
  client: PublicClient,
  address: Address,
  offerId: bigint,
  signal: AbortSignal | undefined,
): Promise<OfferCreation> {
  const toBlock = await newestBlock(client, signal);
  const topics: readonly Hex[] = [topicNamed("OfferCreated"), numberToHex(offerId, { size: 32 })];
  const query = { address, topics, fromBlock: 0n, toBlock, pageBlocks: toBlock + 1n, signal };
  const [event] = decodeMarketLogs(await getLogs(client, query));
  if (event?.name === "OfferCreated") return event.args;
  throw new UserError("E_OFFER_UNKNOWN", `There is no offer ${offerId}.`, {
    atRisk: "nothing: nothing was sent",
    next: "Check the number and the chain.",
    facts: { offerId: String(offerId) },
  });
}

function newestBlock(client: PublicClient, signal: AbortSignal | undefined): Promise<bigint> {
  return withSignal(client, signal, (reader) => reader.getBlockNumber({ cacheTime: 0 }));
}
