// SPDX-License-Identifier: Apache-2.0
import type { Interface } from "ethers";
import type { Quote } from "../model/calls.ts";
import { keyOf, type Address, type Lease, type State } from "../model/state.ts";
import * as views from "../model/views.ts";
import { word, type Reading } from "./prober.ts";

const WALLET_SELECTOR = "0x70a08231";

/** Makes readings of one state of the market. */
export class Readings {
  readonly #state: State;
  readonly #market: Interface;
  static readonly #selectors = new Map<string, string>();

  constructor(market: Interface, state: State) {
    this.#market = market;
    this.#state = state;
  }

  /** What there is to know about one lease, an unknown one included. */
  lease(id: bigint): Reading[] {
    const state = this.#state;
    return [
      this.#view("leaseSummary", [id], views.leaseSummary(state, id)),
      this.#view("disputeOf", [id], views.disputeOf(state, id)),
    ];
  }

  /** Everything about one provider, with his stake in every token. */
  provider(provider: Address): Reading[] {
    const state = this.#state;
    const summary = views.providerSummary(state, provider);
    const stakes = [...state.tokens.keys()].map((token) =>
      this.#view("stakeOf", [BigInt(token), BigInt(provider)], views.stakeOf(state, token, provider)),
    );
    const clock = state.providers.has(provider)
      ? [this.#view("clockOf", [BigInt(provider)], [summary[6] ?? 0n])]
      : [];
    return [this.#view("providerOf", [BigInt(provider)], summary), ...clock, ...stakes];
  }

  offer(id: bigint): Reading {
    return this.#view("offerOf", [id], views.offerSummary(this.#state, id));
  }

  /** Free balances and wallets of accounts, and the market's own wallet. */
  money(token: Address, accounts: readonly Address[]): Reading[] {
    const state = this.#state;
    return [
      this.#wallet(token, state.market),
      ...accounts.flatMap((account) => [
        this.#view("balanceOf", [BigInt(token), BigInt(account)], views.balanceOf(state, token, account)),
        this.#wallet(token, account),
      ]),
    ];
  }

  delegation(principal: Address, token: Address, delegate: Address): Reading {
    const words = [principal, token, delegate].map(BigInt);
    return this.#view("delegateOf", words, views.delegateOf(this.#state, principal, token, delegate));
  }

  quote(provider: Address, salt: string): Reading {
    const spent = views.isQuoteSpent(this.#state, provider, salt);
    return this.#view("isQuoteSpent", [BigInt(provider), BigInt(salt)], spent);
  }

  /** What the operator signs, where an address and numbers make up a quote. */
  digest(quote: Quote, expected: bigint): Reading {
    const words = Object.values(quote).map((part: bigint | string) => BigInt(part));
    return this.#view("hashQuote", words, [expected]);
  }

  counts(): Reading[] {
    const { leaseCount, offerCount } = views.counts(this.#state);
    return [this.#view("leaseCount", [], leaseCount), this.#view("offerCount", [], offerCount)];
  }

  /** All that the market shows to anybody. */
  everything(accounts: readonly Address[]): Reading[] {
    const { tokens, providers, leases, offers, delegations, spentQuotes } = this.#state;
    const ids = [0n, ...leases.keys(), BigInt(leases.size) + 1n];
    const quotes = [...spentQuotes].map((key) => key.split(":"));
    return [
      ...ids.flatMap((id) => this.lease(id)),
      ...[...offers.keys(), BigInt(offers.size) + 1n].map((id) => this.offer(id)),
      ...[...leases.values()].flatMap((lease) => this.#repeated(lease)),
      ...[...providers.keys(), this.#state.market].flatMap((provider) => this.provider(provider)),
      ...[...tokens.keys()].flatMap((token) => this.money(token, accounts)),
      ...[...delegations.keys()].map((key) => {
        const [principal = "", token = "", delegate = ""] = key.split(":");
        return this.delegation(principal, token, delegate);
      }),
      ...quotes.map(([provider = "", salt = ""]) => this.quote(provider, salt)),
      ...this.counts(),
    ];
  }

  /** The views of a lease that repeat its summary. */
  #repeated(lease: Lease): Reading[] {
    return [
      this.#view("statusOf", [lease.id], views.statusOf(this.#state, lease.id)),
      this.#view("accruedOf", [lease.id], views.accruedOf(this.#state, lease)),
      this.#view("depletionOf", [lease.id], views.depletionOf(this.#state, lease)),
    ];
  }

  #wallet(token: Address, account: Address): Reading {
    return {
      label: keyOf("wallet", token, account),
      target: token,
      data: WALLET_SELECTOR + word(BigInt(account)),
      expected: views.walletBalanceOf(this.#state, token, account),
    };
  }

  #selectorOf(name: string): string {
    const selector = Readings.#selectors.get(name) ?? this.#market.getFunction(name)?.selector ?? "";
    Readings.#selectors.set(name, selector);
    return selector;
  }

  #view(name: string, args: readonly bigint[], expected: readonly bigint[]): Reading {
    const selector = this.#selectorOf(name);
    const label = keyOf(
      name,
      ...args.map((arg) => (arg < 2n ** 64n ? String(arg) : "0x" + arg.toString(16))),
    );
    return { label, target: this.#state.market, data: selector + args.map(word).join(""), expected };
  }
}

/** The first reading whose answer is not what it must be, and both; nothing where all are. */
export function firstDifference(readings: readonly Reading[], answers: string): string | undefined {
  const expected = "0x" + readings.flatMap((reading) => reading.expected.map(word)).join("");
  if (answers === expected) return undefined;
  let at = 2;
  for (const { label, expected: words } of readings) {
    const got = words.map((_, index) => BigInt("0x0" + answers.slice(at + 64 * index, at + 64 * index + 64)));
    const wrong = words.findIndex((value, index) => value !== got[index]);
    if (wrong >= 0) return `${label} word ${wrong}: expected ${words.join(" ")}, got ${got.join(" ")}`;
    at += 64 * words.length;
  }
  return "the answers are longer than expected";
}
