// SPDX-License-Identifier: Apache-2.0
import { approveCall, manifestHash, type ManifestDocument, marketCalls, sendCall } from "@berth/sdk";
import { maxUint256 } from "viem";
import type { AwaitedLease } from "../../cli/src/flows/send-manifest.ts";
import { localAccounts } from "./accounts.ts";
import { mintMockUsd } from "./provider.ts";
import type { Stage } from "./stage.ts";

/** What a lease opened here is paid, in the token's base units. */
export const DEPOSIT = 1_000_000n;
const PURSE = 1_000n * DEPOSIT;
/** The highest that the contract's field can say: whatever the offer asks. */
const ANY_RATE = 2n ** 74n - 1n;

/** Gives the tenant a purse that the market may take from, so that opening is one transaction. */
export async function fillPurse({ local }: Stage): Promise<void> {
  const { client, contracts, walletOf } = local;
  const wallet = walletOf(localAccounts.tenant);
  await mintMockUsd(wallet, client, contracts.token, wallet.account.address, PURSE);
  await sendCall(wallet, client, approveCall(contracts.token, contracts.market, maxUint256));
}

/** Opens a lease of the stage's offer for the tenant, by one transaction and without the command line. */
export async function openDirectly(
  { local, offerId }: Stage,
  document: ManifestDocument,
): Promise<AwaitedLease> {
  const wallet = local.walletOf(localAccounts.tenant);
  const call = marketCalls(local.contracts.market).open({
    offerId,
    provider: localAccounts.provider.address,
    maxMilliRate: ANY_RATE,
    amount: DEPOSIT,
    manifestHash: manifestHash(document),
    tenant: wallet.account.address,
  });
  const { events } = await sendCall(wallet, local.client, call);
  const opened = events.find((event) => event.name === "LeaseOpened");
  if (opened?.name !== "LeaseOpened") throw new Error("no lease was opened");
  const { leaseId, provider, startBy } = opened.args;
  return { leaseId, provider, startBy };
}
