// SPDX-License-Identifier: Apache-2.0
import type { MarketCall } from "../model/calls.ts";
import { providerOf } from "../model/lease-math.ts";
import { afterCall, type Outcome } from "../model/model.ts";
import { quoteDigest } from "../model/signatures.ts";
import type { Address, State } from "../model/state.ts";
import { probe, sendAt, type Mined } from "./chain.ts";
import type { Reading } from "./prober.ts";
import { tally, type Tally } from "./reach.ts";
import { firstDifference, Readings } from "./readings.ts";
import type { Stage } from "./stage.ts";
import { afterAct, encodeAct, type TokenAct } from "./token-acts.ts";
import { decodeError, decodeEvents, encode, show } from "./wire.ts";

/** Contract and model do not agree; the message says on what. */
export class Disagreement extends Error {}

const BATCH = 150;

/** Makes every call on both, and compares. */
export class Duel {
  readonly #stage: Stage;
  readonly #counts: Tally;
  state: State;

  constructor(stage: Stage, state: State, counts: Tally) {
    this.#stage = stage;
    this.#counts = counts;
    this.state = state;
  }

  /** One call at a time; afterwards what it touches is compared. */
  async call(call: MarketCall, time: bigint): Promise<void> {
    const before = { ...this.state, now: time };
    const outcome = afterCall(before, call);
    const { market } = this.#stage;
    const mined = await sendAt(time, call.from, this.state.market, encode(market, call));
    const error = this.#compareOutcome(outcome, mined);
    this.state = outcome.state;
    await this.#compare(this.#touchedBy(call));
    tally(this.#counts, { before, call, outcome, error });
  }

  /** Something that happens to a token outside the market. */
  async act(act: TokenAct, time: bigint): Promise<void> {
    const mined = await sendAt(time, act.from, act.token, encodeAct(act));
    if ("revert" in mined) throw new Error(`a token refused to ${act.name}: ${mined.revert}`);
    this.state = { ...afterAct(this.state, act), now: time };
  }

  /** Compares all that the market shows. */
  async compareAll(): Promise<void> {
    await this.#compare(new Readings(this.#stage.market, this.state).everything(this.#stage.cast.all));
  }

  async #compare(readings: readonly Reading[]): Promise<void> {
    for (let at = 0; at < readings.length; at += BATCH) {
      const batch = readings.slice(at, at + BATCH);
      const difference = firstDifference(batch, await probe(batch));
      if (difference !== undefined) throw new Disagreement(difference);
    }
  }

  /** Answers the name of the error that the contract refused with, nothing where it did not. */
  #compareOutcome(outcome: Outcome, mined: Mined): string {
    const { market, errors, state } = this.#stage;
    if ("revert" in mined) {
      const error = decodeError(errors, mined.revert);
      compareLines(expectedLines(outcome), show(error, "refused: "));
      return error.name;
    }
    const events = decodeEvents(market, state.market, mined.logs);
    compareLines(expectedLines(outcome), events.map((event) => show(event)).join("\n  "));
    return "";
  }

  /** Every lease, provider, account, offer and token that the arguments name, and who stands behind them. */
  #touchedBy(call: MarketCall): Reading[] {
    const { state } = this;
    const readings = new Readings(this.#stage.market, state);
    const named = new Set(idsIn(call.args).slice(0, 6));
    const last = BigInt(state.leases.size);
    if (call.name.startsWith("open") && call.name !== "openDispute") named.add(last);
    const leases = [...named].filter((id) => id >= 0n && id <= last + 1n);
    const touched = leases.flatMap((id) => state.leases.get(id) ?? []);
    const offers = new Set([...touched.map(({ offerId }) => offerId), ...leases]);
    const tokens = new Set([
      ...touched.map((lease) => this.#tokenOf(lease.offerId)),
      ...this.#tokensIn(call),
    ]);
    const providers = new Set([...touched.map((lease) => providerOf(state, lease).address), call.from]);
    const people = new Set<Address>([...providers, ...touched.map(({ tenant }) => tenant)]);
    return [
      ...leases.flatMap((id) => readings.lease(id)),
      ...[...offers].map((id) => readings.offer(id)),
      ...[...providers].flatMap((provider) => readings.provider(provider)),
      ...[...tokens].flatMap((token) => readings.money(token, [...people])),
      ...readings.counts(),
      ...this.#digestOf(call, readings),
    ];
  }

  #tokenOf(offerId: bigint): Address {
    return this.state.offers.get(offerId)?.terms.token ?? "";
  }

  #tokensIn(call: MarketCall): Address[] {
    return call.args.filter((arg): arg is string => typeof arg === "string" && this.state.tokens.has(arg));
  }

  #digestOf(call: MarketCall, readings: Readings): Reading[] {
    if (call.name !== "openWithQuote" && call.name !== "amend") return [];
    const quote = call.name === "amend" ? call.args[1] : call.args[0];
    return [readings.digest(quote, BigInt(quoteDigest(this.state, quote)))];
  }
}

function idsIn(args: readonly unknown[]): bigint[] {
  return args.flatMap((arg) => (Array.isArray(arg) ? idsIn(arg) : typeof arg === "bigint" ? [arg] : []));
}

/** What may be heard: all events in one, or any of the errors. */
function expectedLines(outcome: Outcome): readonly string[] {
  if ("events" in outcome) return [outcome.events.map((event) => show(event)).join("\n  ")];
  return outcome.errors.map((error) => show(error, "refused: "));
}

function compareLines(expected: readonly string[], got: string): void {
  if (expected.includes(got)) return;
  throw new Disagreement(`expected\n  ${expected.join("\n  or ")}\ngot\n  ${got}`);
}
