// SPDX-License-Identifier: Apache-2.0
import type { CallArgs, FunctionName, MarketCall } from "./calls.ts";
import type { Context, EventRecord } from "./context.ts";
import { setDelegate } from "./delegates.ts";
import { expireDispute, openDispute, rule } from "./disputes.ts";
import { close, closeByProvider, complete, releaseCollateral } from "./endings.ts";
import { deposit, withdraw } from "./money.ts";
import { closeOffer, createOffer, setCapacity } from "./offers.ts";
import { open, openFromBalance, openWithPermit, openWithQuote } from "./openings.ts";
import * as providers from "./providers.ts";
import { cancelQuote } from "./quotes.ts";
import { Refusal, type ErrorRecord } from "./refusal.ts";
import { amend, claim, pause, resume, setManifest, settle, start } from "./running.ts";
import { copyOf, type State } from "./state.ts";
import { topUp, topUpFromBalance } from "./top-ups.ts";

type Transitions = { readonly [Name in FunctionName]: (context: Context, args: CallArgs[Name]) => void };

const { register, setOperator, setEndpoint, setMetadata, claimInstance, stake, withdrawStake, report } =
  providers;

/** Every function of the market that changes something. */
export const transitions: Transitions = {
  deposit,
  withdraw,
  register,
  setOperator,
  setEndpoint,
  setMetadata,
  claimInstance,
  stake,
  withdrawStake,
  report,
  createOffer,
  setCapacity,
  closeOffer,
  cancelQuote,
  setDelegate,
  open,
  openFromBalance,
  openWithPermit,
  openWithQuote,
  start,
  pause,
  resume,
  topUp,
  topUpFromBalance,
  setManifest,
  amend,
  settle,
  claim,
  close,
  closeByProvider,
  complete,
  releaseCollateral,
  openDispute,
  rule,
  expireDispute,
};

/** How a call must end: with a new state and what is heard, or refused with one of these errors and nothing changed. */
export type Outcome =
  | { readonly state: State; readonly events: readonly EventRecord[] }
  | { readonly state: State; readonly errors: readonly ErrorRecord[] };

/** What a call must do to the market at the time of `state`, which it leaves as it is. */
export function afterCall(state: State, call: MarketCall): Outcome {
  const context: Context = { state: copyOf(state), caller: call.from, events: [] };
  const transition = transitions[call.name] as (context: Context, args: MarketCall["args"]) => void;
  try {
    transition(context, call.args);
    return { state: context.state, events: context.events };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { state, errors: error.alternatives };
  }
}
