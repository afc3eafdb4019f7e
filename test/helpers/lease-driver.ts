// SPDX-License-Identifier: Apache-2.0
import { type MarketCall, marketCalls } from "@berth/sdk";
import {
  type Address,
  encodeFunctionData,
  type Hash,
  type Hex,
  isAddressEqual,
  numberToHex,
  zeroAddress,
  zeroHash,
} from "viem";
import type { LeaseAction, LeaseModel } from "./lease-model.ts";
import { at, enrich, impersonate, type LocalMarket } from "./viem-market.ts";

const GAS = 2_000_000n;
const START_PERIOD = 3_600n;
const FIRST_PROVIDER = 0xb0000000n;

/** What a lease is opened with. Periods in seconds, `amount` in base units. */
export interface LeaseTerms {
  readonly milliRatePerSecond: bigint;
  readonly minPeriod: bigint;
  readonly reportPeriod: bigint;
  readonly amount: bigint;
}

/** One lease, with a provider of its own, on a chain whose every block is asked for. */
export interface DrivenLease {
  readonly local: LocalMarket;
  readonly leaseId: bigint;
  readonly provider: Address;
  readonly tenant: Address;
  /** The lease as it was opened. */
  readonly model: LeaseModel;
  /** Time of the block that holds its opening, in seconds since 1970. */
  readonly openedAt: bigint;
}

/** Opens leases one after the other. */
export interface LeaseDriver {
  open(terms: LeaseTerms): Promise<DrivenLease>;
}

/** Takes over the time of a local chain: no block comes unasked from now on. */
export async function driveLeases(local: LocalMarket, lapsePeriod: bigint): Promise<LeaseDriver> {
  const tenant = at(local.accounts, 1);
  await enrich(local, tenant);
  await local.client.setIntervalMining({ interval: 0 });
  await local.client.setAutomine(false);
  let opened = 0n;
  return {
    open: async (terms) => {
      opened += 1n;
      const provider = numberToHex(FIRST_PROVIDER + opened, { size: 20 });
      const setup = setupCalls(local, terms, { provider, tenant, offerId: opened });
      const { timestamp } = await local.client.getBlock();
      await impersonate(local.client, provider);
      for (const [index, [from, call]] of setup.entries()) {
        const taken = await mine(local, timestamp + 1n + BigInt(index), from, call);
        if (!taken) throw new Error(`${call.functionName} was refused`);
      }
      const openedAt = timestamp + BigInt(setup.length);
      const model = openingModel(terms, { lapsePeriod, registeredAt: timestamp + 1n, openedAt });
      return { local, leaseId: opened, provider, tenant, model, openedAt };
    },
  };
}

/** Mines one block with one action in it; true when the contract took it. `time` in seconds since 1970. */
export function act(lease: DrivenLease, action: LeaseAction, time: bigint): Promise<boolean> {
  const { local, provider, tenant } = lease;
  const call = callFor(lease, action);
  const ofProvider = ["report", "start", "pause", "resume", "closeByProvider"].includes(action.kind);
  return mine(local, time, ofProvider ? provider : tenant, call);
}

function callFor({ local, leaseId, provider }: DrivenLease, action: LeaseAction): MarketCall | undefined {
  const calls = marketCalls(local.market);
  if (action.kind === "topUp") return calls.topUp(leaseId, action.amount);
  const builders: Record<typeof action.kind, () => MarketCall | undefined> = {
    wait: () => undefined,
    report: () => calls.report({ provider, instance: 0n, usageRoot: zeroHash, uri: "", entries: [] }),
    start: () => calls.start(0n, [leaseId]),
    settle: () => calls.settle([leaseId]),
    pause: () => calls.pause(0n, leaseId),
    resume: () => calls.resume(0n, leaseId),
    closeByTenant: () => calls.close(leaseId),
    closeByProvider: () => calls.closeByProvider(0n, [leaseId], "drain"),
  };
  return builders[action.kind]();
}

async function mine(local: LocalMarket, time: bigint, from: Address, call?: MarketCall): Promise<boolean> {
  const { client, market } = local;
  const hash = call && (await send(local, from, encodeFunctionData(call)));
  await client.setNextBlockTimestamp({ timestamp: time });
  await client.mine({ blocks: 1 });
  if (hash === undefined) return true;
  const receipt = await client.getTransactionReceipt({ hash });
  if (receipt.to === null || !isAddressEqual(receipt.to, market))
    throw new Error("the block holds another transaction");
  return receipt.status === "success";
}

/** Without an estimate, so that what the contract refuses comes into a block too. */
function send({ client, market }: LocalMarket, from: Address, data: Hex): Promise<Hash> {
  return client.sendTransaction({ account: from, to: market, data, gas: GAS, chain: null });
}

type Setup = readonly (readonly [Address, MarketCall])[];

function setupCalls(
  { market, token }: LocalMarket,
  { milliRatePerSecond, minPeriod, reportPeriod, amount }: LeaseTerms,
  { provider, tenant, offerId }: { provider: Address; tenant: Address; offerId: bigint },
): Setup {
  const calls = marketCalls(market);
  const terms = {
    token,
    milliRatePerSecond,
    minPeriod,
    collateral: 0n,
    arbitrator: zeroAddress,
    startPeriod: START_PERIOD,
    retentionPeriod: 0n,
  };
  const resources = { cpuMillis: 1, memoryMiB: 1, storageMiB: 0, gpuCount: 0, gpuModel: "" };
  const maxMilliRate = milliRatePerSecond;
  return [
    [provider, calls.register({ operator: zeroAddress, reportPeriod, endpoint: "", metadataURI: "" })],
    [provider, calls.createOffer({ terms, capacity: 1n, resources, metadataURI: "" })],
    [tenant, calls.open({ offerId, provider, maxMilliRate, amount, manifestHash: zeroHash, tenant })],
  ];
}

function openingModel(
  { milliRatePerSecond, minPeriod, reportPeriod, amount }: LeaseTerms,
  { lapsePeriod, registeredAt, openedAt }: { lapsePeriod: bigint; registeredAt: bigint; openedAt: bigint },
): LeaseModel {
  return {
    account: {
      balance: amount,
      milliRatePerSecond,
      settledClock: 0n,
      remainder: 0n,
      started: false,
      paused: false,
      inMinimum: false,
      closed: false,
    },
    provider: { clock: 0n, lastReportAt: registeredAt, reportPeriod },
    minPeriod,
    startBy: openedAt + START_PERIOD,
    lapsePeriod,
    refunded: 0n,
    paid: 0n,
  };
}
