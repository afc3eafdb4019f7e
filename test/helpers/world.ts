// SPDX-License-Identifier: Apache-2.0
import { ZeroAddress } from "ethers";
import type { AddressLike } from "ethers";
import type {
  ComputeMarket,
  OfferTermsStruct,
  ResourcesStruct,
} from "../../typechain-types/ComputeMarket.ts";
import type { MockUSD } from "../../typechain-types/mocks/MockUSD.ts";
import { castActors } from "./actors.ts";
import type { Actor, Actors } from "./actors.ts";
import { usd } from "./amounts.ts";
import { ethers, networkHelpers } from "./chain.ts";
import { DAY, DISPUTE_WINDOW, HOUR, LAPSE_PERIOD, MINUTE, RULING_PERIOD, syncTime } from "./time.ts";

export const REPORT_PERIOD = HOUR;
export const START_PERIOD = 12n * MINUTE;
export const MIN_PERIOD = 10n * MINUTE;
export const RETENTION_PERIOD = DAY;

/** One dollar an hour, in thousandths of a base unit per second. */
export const RATE = 277_778n;
export const COLLATERAL = usd(5);
export const STAKE = usd(1_000);
export const CAPACITY = 10n;
export const ENDPOINT = "https://provider.example";
export const METADATA = "ipfs://metadata";

export const RESOURCES: ResourcesStruct = {
  cpuMillis: 2_000n,
  memoryMiB: 4_096n,
  storageMiB: 20_480n,
  gpuCount: 1n,
  gpuModel: "nvidia-a100-80gb",
};

export interface World extends Actors {
  market: ComputeMarket;
  usd: MockUSD;
  /** Offer of the provider: an arbitrator, collateral, a minimum. */
  offerId: bigint;
  /** Offer of the provider with collateral and nobody to judge. */
  unjudgedOfferId: bigint;
  /** Offer of the rival. */
  rivalOfferId: bigint;
}

/** The terms of the standard offer, with changes. */
export function termsOf(token: AddressLike, changes: Partial<OfferTermsStruct> = {}): OfferTermsStruct {
  return {
    token,
    milliRatePerSecond: RATE,
    collateral: COLLATERAL,
    arbitrator: ZeroAddress,
    minPeriod: MIN_PERIOD,
    startPeriod: START_PERIOD,
    retentionPeriod: RETENTION_PERIOD,
    ...changes,
  };
}

/** Puts an offer up and answers its number. */
export async function createOffer(
  market: ComputeMarket,
  owner: Actor,
  terms: OfferTermsStruct,
  capacity: bigint = CAPACITY,
): Promise<bigint> {
  await market.connect(owner).createOffer(terms, capacity, RESOURCES, METADATA);
  return market.offerCount();
}

async function deployWorld(): Promise<World> {
  await syncTime();
  const actors = await castActors();
  const market = await ethers.deployContract(
    "ComputeMarket",
    [LAPSE_PERIOD, DISPUTE_WINDOW, RULING_PERIOD],
    actors.deployer,
  );
  const token = await ethers.deployContract("MockUSD", actors.deployer);
  for (const actor of [actors.owner, actors.tenant, actors.otherTenant, actors.rival, actors.stranger]) {
    await token.mint(actor.address, usd(1_000_000));
    await token.connect(actor).approve(market, 2n ** 256n - 1n);
  }
  for (const [owner, operator] of [
    [actors.owner, actors.operator],
    [actors.rival, actors.rivalOperator],
  ] as const) {
    await market.connect(owner).register(operator, REPORT_PERIOD, ENDPOINT, METADATA);
    await market.connect(owner).stake(token, STAKE);
  }
  const judged = { arbitrator: actors.arbitrator.address };
  const offerId = await createOffer(market, actors.owner, termsOf(token, judged));
  const unjudgedOfferId = await createOffer(market, actors.owner, termsOf(token));
  const rivalOfferId = await createOffer(market, actors.rival, termsOf(token, judged));
  return { ...actors, market, usd: token, offerId, unjudgedOfferId, rivalOfferId };
}

/** A market in its first second: two registered, staked providers, three offers, everybody with a million dollars and an allowance. */
export async function loadWorld(): Promise<World> {
  const world = await networkHelpers.loadFixture(deployWorld);
  await syncTime();
  return world;
}
