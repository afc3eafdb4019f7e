// SPDX-License-Identifier: Apache-2.0
import {
  bill,
  clockAt,
  closeByTenant,
  computeMarketAbi,
  getMarketEvents,
  type LeaseAccount,
  type MarketEvent,
  type ServiceClock,
} from "@berth/sdk";
import { decodeFunctionData } from "viem";
import { localAccounts } from "../../../scripts/demonstration/accounts.ts";
import type { LocalMarket } from "../../../scripts/demonstration/market.ts";

/** What the daemon's key did in a block. */
export interface Act {
  readonly name: string;
  readonly nonce: number;
  readonly status: "success" | "reverted";
}

/** A lease's money by the events, each amount recomputed from the service clock. Base units. */
export interface Books {
  readonly deposited: bigint;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly balance: bigint;
  /** Names of the lease's events, in order. */
  readonly life: readonly string[];
  /** Where an event tells another amount than the formula. */
  readonly errors: readonly string[];
}

/** Everything that the daemon's key did from a block on. */
export async function actsSince({ client }: LocalMarket, fromBlock: bigint): Promise<readonly Act[]> {
  const acts: Act[] = [];
  const last = await client.getBlockNumber({ cacheTime: 0 });
  for (let blockNumber = fromBlock; blockNumber <= last; blockNumber += 1n) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const { from, hash, input, nonce } of transactions) {
      if (from.toLowerCase() !== localAccounts.operator.address.toLowerCase()) continue;
      const { status } = await client.getTransactionReceipt({ hash });
      const name =
        input === "0x" ? "fill" : decodeFunctionData({ abi: computeMarketAbi, data: input }).functionName;
      acts.push({ name, nonce, status });
    }
  }
  return acts;
}

/** True while the node knows a transaction of the daemon's key that no block holds. */
export async function isWaiting({ client }: LocalMarket): Promise<boolean> {
  const { address } = localAccounts.operator;
  const [used, known] = await Promise.all([
    client.getTransactionCount({ address, blockTag: "latest" }),
    client.getTransactionCount({ address, blockTag: "pending" }),
  ]);
  return known !== used;
}

/** Adds a lease up from the log alone. Its offer has no minimum period. */
export async function readBooks(local: LocalMarket, leaseId: bigint): Promise<Books> {
  const { client, contracts } = local;
  const toBlock = await client.getBlockNumber({ cacheTime: 0 });
  const events = await getMarketEvents(client, { address: contracts.market, fromBlock: 0n, toBlock });
  const told = events.filter(({ args }) => !("leaseId" in args) || args.leaseId === leaseId);
  const ledger = new Ledger();
  for (const event of told) {
    const { timestamp } = await client.getBlock({ blockNumber: event.blockNumber });
    ledger.apply(event, timestamp);
  }
  return ledger.books();
}

const UNOPENED: LeaseAccount = {
  balance: 0n,
  milliRatePerSecond: 0n,
  settledClock: 0n,
  remainder: 0n,
  started: false,
  paused: false,
  inMinimum: false,
  closed: false,
};

class Ledger {
  #account = UNOPENED;
  #clock: ServiceClock = { clock: 0n, lastReportAt: 0n, reportPeriod: 0n };
  readonly #sums = { deposited: 0n, paid: 0n, refunded: 0n };
  readonly #life: string[] = [];
  readonly #errors: string[] = [];

  books(): Books {
    const { balance } = this.#account;
    return { ...this.#sums, balance, life: this.#life, errors: this.#errors };
  }

  apply(event: MarketEvent, now: bigint): void {
    if ("leaseId" in event.args && event.name !== "UsageReported") this.#life.push(event.name);
    switch (event.name) {
      case "ProviderRegistered":
        this.#clock = { clock: 0n, lastReportAt: now, reportPeriod: event.args.reportPeriod };
        return;
      case "ProviderReported":
        this.#compare(event.name, event.args.clock, clockAt(this.#clock, now));
        this.#clock = { ...this.#clock, clock: event.args.clock, lastReportAt: now };
        return;
      case "LeaseOpened": {
        const { balance, milliRatePerSecond } = event.args;
        this.#account = { ...UNOPENED, balance, milliRatePerSecond };
        this.#sums.deposited += balance;
        return;
      }
      case "LeaseStarted":
        this.#compare(event.name, event.args.settledClock, clockAt(this.#clock, now));
        this.#account = { ...this.#account, started: true, settledClock: event.args.settledClock };
        return;
      case "LeaseSettled":
        this.#pay(event.name, event.args.due, bill(this.#account, clockAt(this.#clock, now)));
        this.#compare(event.name, event.args.balance, this.#account.balance);
        return;
      case "LeaseClosed": {
        const closing = closeByTenant(this.#account, 0n, this.#clock, now);
        this.#pay(event.name, event.args.due, closing);
        this.#compare(event.name, event.args.refund, closing.refund);
        this.#sums.refunded += event.args.refund;
        return;
      }
      default:
        return;
    }
  }

  #pay(name: string, told: bigint, { account, due }: { account: LeaseAccount; due: bigint }): void {
    this.#compare(name, told, due);
    this.#account = account;
    this.#sums.paid += told;
  }

  #compare(name: string, told: bigint, computed: bigint): void {
    if (told !== computed) this.#errors.push(`${name} tells ${told} where the formula says ${computed}`);
  }
}
