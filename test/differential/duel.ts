// SPDX-License-Identifier: Apache-2.0
import type { MarketCall } from "../model/calls.ts";
import { providerOf } from "../model/lease-math.ts";
import { afterCall, type Outcome } from "../model/model.ts";
import { quoteDigest } from "../model/signatures.ts";
import type { Address, State } from "../model/state.ts";
import type { Ending, Move, Played } from "./chain.ts";
import type { Reading } from "./prober.ts";
import { tally, type Tally } from "./reach.ts";
import { firstDifference, Readings } from "./readings.ts";
import type { Stage } from "./stage.ts";
import { afterAct, encodeAct, type TokenAct } from "./token-acts.ts";
import { decodeError, decodeEvents, encode, show } from "./wire.ts";

const TOLD = 12;

/** Contract and model do not agree; the message says on what, and after which calls. */
export class Disagreement extends Error {}

/** What the chain is asked to do, what that is in words, and how its answer is judged: by a complaint where it is wrong. */
interface Round {
  readonly move: Move;
  readonly words: string;
  readonly judge: (ending: Ending) => string | undefined;
}

/** Makes every call on the model, and later all of them on the contract, and compares. */
export class Duel {
  readonly #stage: Stage;
  readonly #counts: Tally;
  readonly #rounds: Round[] = [];
  state: State;

  constructor(stage: Stage, state: State, counts: Tally) {
    this.#stage = stage;
    this.#counts = counts;
    this.state = state;
  }

  /** What the chain is asked to do. */
  get moves(): readonly Move[] {
    return this.#rounds.map(({ move }) => move);
  }

  /** A call to the market, after which what it touches is read. */
  call(call: MarketCall, time: bigint): void {
    const before = { ...this.state, now: time };
    const outcome = afterCall(before, call);
    this.state = outcome.state;
    const { market } = this.#stage;
    const to = this.state.market;
    const move = { time, from: call.from, to, data: encode(market, call), readings: this.#touchedBy(call) };
    const judge = (ending: Ending): string | undefined => {
      const { complaint, error } = this.#compareOutcome(outcome, ending);
      tally(this.#counts, { before, call, outcome, error });
      return complaint;
    };
    this.#rounds.push({ move, words: tell(call), judge });
  }

  /** Something that happens to a token outside the market. */
  act(act: TokenAct, time: bigint): void {
    this.state = { ...afterAct(this.state, act), now: time };
    const move = { time, from: act.from, to: act.token, data: encodeAct(act), readings: [] };
    const judge = (ending: Ending): string | undefined =>
      "revert" in ending ? `a token refused: ${ending.revert}` : undefined;
    this.#rounds.push({ move, words: `token: ${tell(act)}`, judge });
  }

  /** After the last move all that the market shows is read, too. */
  lookAround(): void {
    const last = this.#rounds.pop();
    if (last === undefined) return;
    const all = new Readings(this.#stage.market, this.state).everything(this.#stage.cast.all);
    const readings = [...last.move.readings, ...all];
    this.#rounds.push({ ...last, move: { ...last.move, readings } });
  }

  /** Compares what the chain did with what the model did; throws {@link Disagreement} at the first difference. */
  judge(played: readonly Played[]): void {
    this.#rounds.forEach(({ move, judge }, index) => {
      const round = played[index];
      if (round === undefined) throw new Error(`the chain made ${played.length} moves`);
      const complaint = judge(round.ending) ?? firstDifference(move.readings, round.answers);
      if (complaint !== undefined) throw new Disagreement(`${this.#storyUpTo(index)}\n${complaint}`);
    });
  }

  #storyUpTo(index: number): string {
    const told = this.#rounds.slice(Math.max(0, index + 1 - TOLD), index + 1);
    return [`step ${index + 1}`, ...told.map(({ move, words }) => `at ${move.time} ${words}`)].join("\n");
  }

  /** The name of the error that the contract refused with, empty where it did not, and what is wrong with the outcome. */
  #compareOutcome(outcome: Outcome, ending: Ending): { error: string; complaint: string | undefined } {
    const { market, errors, state } = this.#stage;
    if ("revert" in ending) {
      const error = decodeError(errors, ending.revert);
      return { error: error.name, complaint: unexpected(outcome, show(error, "refused: ")) };
    }
    const events = decodeEvents(market, state.market, ending.logs);
    const told = events.map((event) => show(event)).join("\n  ");
    return { error: "", complaint: unexpected(outcome, told) };
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

function unexpected(outcome: Outcome, got: string): string | undefined {
  const expected = expectedLines(outcome);
  return expected.includes(got) ? undefined : `expected\n  ${expected.join("\n  or ")}\ngot\n  ${got}`;
}

function tell(what: object): string {
  return JSON.stringify(what, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
}
