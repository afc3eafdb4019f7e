// SPDX-License-Identifier: Apache-2.0
import {
  connectMarket,
  type ContractCall,
  type Market,
  marketCalls,
  type MarketCalls,
  type OfferDraft,
  sendCall,
  type SentCall,
} from "@berth/sdk";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  http,
  type PublicClient,
  zeroAddress,
} from "viem";
import { foundry } from "viem/chains";
import { at, deployLocalMarket, enrich, type LocalMarket } from "./viem-market.ts";

const POLL_MS = 20;

/** A market on a local node with a provider, his operator, a tenant and a stranger; provider and tenant are rich. */
export interface MarketWorld {
  readonly local: LocalMarket;
  readonly market: Market;
  readonly client: PublicClient;
  readonly calls: MarketCalls;
  readonly provider: Address;
  readonly operator: Address;
  readonly tenant: Address;
  readonly stranger: Address;
  /** Sends a call from one of the node's accounts. */
  readonly send: (from: Address, call: ContractCall) => Promise<SentCall>;
}

/** Terms of one dollar an hour; what is not said can be changed by spreading. Periods in seconds. */
export function offerDraft(token: Address): OfferDraft {
  return {
    terms: {
      token,
      milliRatePerSecond: 277_778n,
      collateral: 5_000_000n,
      arbitrator: zeroAddress,
      minPeriod: 600n,
      startPeriod: 300n,
      retentionPeriod: 3_600n,
    },
    capacity: 2n,
    resources: { cpuMillis: 1_500, memoryMiB: 512, storageMiB: 1_024, gpuCount: 0, gpuModel: "" },
    metadataURI: "https://provider.example/offer.json",
  };
}

/** Deploys a market and connects to it. */
export async function createMarketWorld(url: string): Promise<MarketWorld> {
  const local = await deployLocalMarket(url, {
    lapsePeriod: 259_200n,
    disputeWindow: 172_800n,
    rulingPeriod: 604_800n,
  });
  const [provider, operator, tenant, stranger] = [1, 2, 3, 4].map((index) => at(local.accounts, index)) as [
    Address,
    Address,
    Address,
    Address,
  ];
  await enrich(local, provider);
  await enrich(local, tenant);
  const client = createPublicClient({
    chain: foundry,
    transport: http(url),
    pollingInterval: POLL_MS,
    cacheTime: 0,
  });
  const market = await connectMarket({ client, address: local.market, chainId: foundry.id });
  const send = (account: Address, call: ContractCall): Promise<SentCall> =>
    sendCall(createWalletClient({ account, chain: foundry, transport: http(url) }), client, call);
  const actors = { provider, operator, tenant, stranger };
  return { local, market, client, calls: marketCalls(local.market), ...actors, send };
}
