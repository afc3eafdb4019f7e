// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getMarketEvents, marketCalls, parseCompose, sendCall, type MarketEvent } from "@berth/sdk";
import { bytesToHex } from "viem";
import { createDocumentStore } from "../../cli/src/documents/store.ts";
import type { DeployPhase } from "../../cli/src/flows/deploy-phases.ts";
import { deploy, type Deployment } from "../../cli/src/flows/deploy.ts";
import type { Progress } from "../../cli/src/flows/phases.ts";
import { localAccounts } from "./accounts.ts";
import { mintMockUsd } from "./provider.ts";
import type { Stage } from "./stage.ts";

const COMPOSE = fileURLToPath(new URL("../../templates/hello/compose.yaml", import.meta.url));
const PURSE = 100_000_000n;
const TIMEOUT_MS = 120_000;

/** Leases for `templates/hello`. */
export function leaseHello(
  stage: Stage,
  onProgress: (progress: Progress<DeployPhase>) => void,
  signal: AbortSignal,
): Promise<Deployment> {
  return leaseFor(readFileSync(COMPOSE, "utf8"), stage, onProgress, signal);
}

/** Leases for a Compose file's text with a purse of mock dollars, as `berth deploy` does. */
export async function leaseFor(
  compose: string,
  stage: Stage,
  onProgress: (progress: Progress<DeployPhase>) => void,
  signal: AbortSignal,
): Promise<Deployment> {
  const { local, folder } = stage;
  const { client, contracts, market } = local;
  const wallet = local.walletOf(localAccounts.tenant);
  await mintMockUsd(wallet, client, contracts.token, wallet.account.address, PURSE);
  const store = createDocumentStore(join(folder, "tenant"), {
    chainId: market.chainId,
    market: market.address,
  });
  const request = {
    manifest: parseCompose(compose, { environment: {} }),
    salt: bytesToHex(randomBytes(32)),
    offerId: stage.offerId,
    token: contracts.token,
    maxRatePerHour: null,
    deposit: null,
  };
  const session = { market, wallet, startBlock: 0n };
  const now = (): number => performance.now();
  const loginsFor = (): null => null;
  return deploy(request, { session, store, loginsFor, onProgress, now, timeoutMs: TIMEOUT_MS, signal });
}

/** What the logs tell of a lease's money, in token base units. */
export interface LeaseLedger {
  readonly deposited: bigint;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly isClosed: boolean;
  /** The provider's reports since it was started. */
  readonly reports: number;
}

/** Adds a lease up from the logs alone. */
export async function readLedger({ local }: Stage, leaseId: bigint): Promise<LeaseLedger> {
  const { client, contracts } = local;
  const toBlock = await client.getBlockNumber({ cacheTime: 0 });
  const events = await getMarketEvents(client, { address: contracts.market, fromBlock: 0n, toBlock });
  return ledgerOf(events, leaseId);
}

/** Ends the lease, unless it has ended. */
export async function closeLease({ local }: Stage, leaseId: bigint): Promise<void> {
  const { client, contracts, market } = local;
  const { status } = await market.leaseSummary(leaseId);
  if (status === "closed") return;
  await sendCall(local.walletOf(localAccounts.tenant), client, marketCalls(contracts.market).close(leaseId));
}

/** The tenant takes his whole free balance; answers how much left the market. */
export async function withdrawRefund({ local }: Stage): Promise<bigint> {
  const { client, contracts, market } = local;
  const wallet = local.walletOf(localAccounts.tenant);
  const { address } = wallet.account;
  const free = await market.balanceOf(contracts.token, address);
  if (free > 0n)
    await sendCall(wallet, client, marketCalls(contracts.market).withdraw(contracts.token, free, address));
  return free;
}

/** The provider takes what he earned; answers how much left the market. */
export async function claimEarnings(stage: Stage, leaseId: bigint): Promise<bigint> {
  const { client, contracts } = stage.local;
  const wallet = stage.local.walletOf(localAccounts.provider);
  const call = marketCalls(contracts.market).claim(contracts.token, [leaseId], wallet.account.address);
  const { events } = await sendCall(wallet, client, call);
  return events.reduce((sum, event) => (event.name === "Withdrawn" ? sum + event.args.amount : sum), 0n);
}

function ledgerOf(events: readonly MarketEvent[], leaseId: bigint): LeaseLedger {
  const ofLease = events.filter((event) => "leaseId" in event.args && event.args.leaseId === leaseId);
  const startedAt = ofLease.find(({ name }) => name === "LeaseStarted")?.blockNumber;
  const reported = events.filter(({ name }) => name === "ProviderReported");
  const ledger = { deposited: 0n, paid: 0n, refunded: 0n, isClosed: false };
  for (const event of ofLease) {
    if (event.name === "LeaseOpened") ledger.deposited += event.args.balance;
    if (event.name === "LeaseToppedUp") ledger.deposited += event.args.amount;
    if ("due" in event.args) ledger.paid += event.args.due;
    if (event.name !== "LeaseClosed") continue;
    ledger.refunded += event.args.refund;
    ledger.isClosed = true;
  }
  const since = reported.filter(({ blockNumber }) => startedAt !== undefined && blockNumber >= startedAt);
  return { ...ledger, reports: since.length };
}
