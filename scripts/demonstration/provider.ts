// SPDX-License-Identifier: Apache-2.0
import { approveCall, marketCalls, mockUsdAbi, parseRate, sendCall, type SigningClient } from "@berth/sdk";
import { type Address, type PublicClient, zeroAddress } from "viem";
import type { LocalContracts } from "./deploy.ts";

/** A mock dollar's decimal places. */
const DECIMALS = 6;
const STAKE = 1_000_000_000n;
const COLLATERAL = 10_000_000n;

/** Who provides in a local market, and where his gateway will be. */
export interface ProviderDraft {
  readonly contracts: LocalContracts;
  readonly operator: Address;
  readonly endpoint: string;
}

/** Registers a provider, stakes mock dollars behind him and puts one small machine on offer; answers the offer's number. */
export async function setUpProvider(
  wallet: SigningClient,
  client: PublicClient,
  { contracts, operator, endpoint }: ProviderDraft,
): Promise<bigint> {
  const { market, token } = contracts;
  const calls = marketCalls(market);
  const registration = { operator, reportPeriod: 600n, endpoint, metadataURI: "" };
  await mintMockUsd(wallet, client, token, wallet.account.address, STAKE);
  await sendCall(wallet, client, calls.register(registration));
  await sendCall(wallet, client, approveCall(token, market, STAKE));
  await sendCall(wallet, client, calls.stake(token, STAKE));
  const { events } = await sendCall(wallet, client, calls.createOffer(offerDraft(token)));
  const created = events.find((event) => event.name === "OfferCreated");
  if (created?.name !== "OfferCreated") throw new Error("the offer's creation left no event");
  return created.args.offerId;
}

/** Makes mock dollars, in millionths, out of nothing. */
export async function mintMockUsd(
  wallet: SigningClient,
  client: PublicClient,
  token: Address,
  to: Address,
  amount: bigint,
): Promise<void> {
  const call = { abi: mockUsdAbi, address: token, functionName: "mint", args: [to, amount] } as const;
  await sendCall(wallet, client, call);
}

function offerDraft(token: Address) {
  return {
    terms: {
      token,
      milliRatePerSecond: parseRate("1.00/h", DECIMALS),
      collateral: COLLATERAL,
      arbitrator: zeroAddress,
      minPeriod: 0n,
      startPeriod: 600n,
      retentionPeriod: 3_600n,
    },
    capacity: 64n,
    resources: { cpuMillis: 500, memoryMiB: 128, storageMiB: 64, gpuCount: 0, gpuModel: "" },
    metadataURI: "",
  };
}
