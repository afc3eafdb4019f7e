// SPDX-License-Identifier: Apache-2.0
import { connectMarket, manifestHash, type ManifestDocument, marketCalls } from "@berth/sdk";
import { setTimeout as delay } from "node:timers/promises";
import { zeroAddress } from "viem";
import {
  createWorld,
  type MarketWorld,
  resources,
  terms,
} from "../../../orchestrator/src/chain/test/market-world.ts";
import type { Cleanup } from "../../demonstration/cleanup.ts";
import { startAnvil } from "../../lib/chain-node.ts";
import { sendUnlocked } from "./send-unlocked.ts";

const DOLLAR = 1_000_000n;
/** What each lease is opened with: it lasts the benchmark out. */
const DEPOSIT = 20n * DOLLAR;
/** Room for every lease to be opened in one block. */
const BLOCK_GAS_LIMIT = 2_000_000_000n;
const GAS_PER_OPENING = 1_000_000n;
/** The chain is older than what a follower links. */
const PAST_BLOCKS = 300;

/** A market on an anvil of its own, whose provider has an offer for as many leases. */
export interface BenchMarket {
  readonly world: MarketWorld;
  readonly offerId: bigint;
}

export async function openBenchMarket(leases: number, cleanup: Cleanup): Promise<BenchMarket> {
  const world = await createWorld(() => startAnvil({ blockGasLimit: BLOCK_GAS_LIMIT }));
  cleanup.add(() => world.node.stop());
  const { token, provider } = world;
  const calls = marketCalls(world.market);
  await world.send(provider, calls.stake(token, BigInt(leases) * terms.collateral));
  const { events } = await world.send(
    provider,
    calls.createOffer({
      terms: { ...terms, startPeriod: 3_600n, token, arbitrator: zeroAddress },
      capacity: BigInt(leases),
      resources,
      metadataURI: "",
    }),
  );
  const created = events.find((event) => event.name === "OfferCreated");
  if (created?.name !== "OfferCreated") throw new Error("the offer's creation left no event");
  await world.control.mine({ blocks: PAST_BLOCKS });
  return { world, offerId: created.args.offerId };
}

/** Opens a lease for each document, all in one block, and answers the leases' numbers in the same order. */
export async function openLeases(
  { world, offerId }: BenchMarket,
  documents: readonly ManifestDocument[],
): Promise<readonly bigint[]> {
  const { control, client, provider, tenant, market } = world;
  const before = await client.readContract({ ...leaseCount, address: market });
  const first = await client.getTransactionCount({ address: tenant.address });
  await control.setAutomine(false);
  for (const [index, document] of documents.entries()) {
    const call = marketCalls(market).open({
      offerId,
      provider: provider.address,
      maxMilliRate: terms.milliRatePerSecond,
      amount: DEPOSIT,
      manifestHash: manifestHash(document),
      tenant: tenant.address,
    });
    await sendUnlocked(world, tenant.address, call, { nonce: first + index, gas: GAS_PER_OPENING });
  }
  await control.mine({ blocks: 1 });
  await control.setAutomine(true);
  const after = await client.readContract({ ...leaseCount, address: market });
  if (after - before !== BigInt(documents.length))
    throw new Error(`${after - before} of ${documents.length} leases were opened`);
  return documents.map((_, index) => before + BigInt(index) + 1n);
}

const leaseCount = {
  abi: [
    {
      type: "function",
      name: "leaseCount",
      stateMutability: "view",
      inputs: [],
      outputs: [{ type: "uint256" }],
    },
  ],
  functionName: "leaseCount",
} as const;

const READ_EVERY_MS = 1_000;

/** Resolves once every lease is active on chain. */
export async function awaitAllActive(
  world: MarketWorld,
  ids: readonly bigint[],
  say: (line: string) => void,
): Promise<void> {
  const { client, market: address, chainId } = world;
  const market = await connectMarket({ client, address, chainId });
  for (let told = -1; ;) {
    const summaries = await market.leaseSummaries(ids);
    const active = summaries.filter(({ status }) => status === "active").length;
    if (active === ids.length) return;
    if (active - told >= 100) say(`${(told = active)} leases are active`);
    await delay(READ_EVERY_MS);
  }
}
