// SPDX-License-Identifier: Apache-2.0
import type { FunctionName, MarketCall } from "../model/calls.ts";
import type { EventRecord } from "../model/context.ts";
import type { Outcome } from "../model/model.ts";
import type { State } from "../model/state.ts";
import { columnOf, type Column } from "./columns.ts";

export type Ending = "done" | "skipped" | "refused";

const NAMING_STATUS = [
  "LeaseStatusUnexpected",
  "LeaseStartPending",
  "LeaseStartTooLate",
  "LeaseRetained",
  "LeaseCallerNotTenant",
  "DisputeNotOpen",
];
const OF_LEASES = /^(Lease|Collateral|Dispute)/;
const BY_ROLE: readonly FunctionName[] = ["close"];

/** The name of a cell of the table. */
export function cellOf(row: string, column: Column, ending: Ending): string {
  return `${row} / ${column} / ${ending}`;
}

/** How often what ended how. */
export interface Tally {
  readonly cells: Map<string, number>;
  readonly functions: Map<string, number>;
  readonly errors: Map<string, number>;
  readonly events: Map<string, number>;
}

export function emptyTally(): Tally {
  return { cells: new Map(), functions: new Map(), errors: new Map(), events: new Map() };
}

export function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function idsOf({ name, args }: MarketCall): readonly bigint[] {
  if (name === "settle" || name === "releaseCollateral") return args[0];
  if (name === "start" || name === "closeByProvider" || name === "claim") return args[1];
  if (name === "pause" || name === "resume" || name === "complete") return [args[1]];
  const first = args[0];
  return SINGLE.includes(name) && typeof first === "bigint" ? [first] : [];
}

const SINGLE: readonly FunctionName[] = [
  "topUp",
  "topUpFromBalance",
  "setManifest",
  "amend",
  "close",
  "openDispute",
  "rule",
  "expireDispute",
];

function rowOf(state: State, { name, from }: MarketCall, id: bigint): string {
  const byTenant = state.leases.get(id)?.tenant === from;
  return BY_ROLE.includes(name) ? `${name} by ${byTenant ? "tenant" : "others"}` : name;
}

/** Counts one call that contract and model agreed on; `error` is the one that the contract named. */
export function tally(
  counts: Tally,
  { before, call, outcome, error }: { before: State; call: MarketCall; outcome: Outcome; error: string },
): void {
  const ids = idsOf(call);
  if ("events" in outcome) {
    count(counts.functions, call.name);
    for (const { name } of outcome.events) count(counts.events, name);
    for (const id of new Set(ids)) countCell(counts, before, call, id, endingOf(outcome.events, id));
    return;
  }
  count(counts.errors, error);
  const [id] = ids;
  if (id !== undefined && ids.length === 1 && NAMING_STATUS.includes(error))
    countCell(counts, before, call, id, "refused");
}

function countCell(counts: Tally, state: State, call: MarketCall, id: bigint, ending: Ending): void {
  count(counts.cells, cellOf(rowOf(state, call, id), columnOf(state, id), ending));
}

/** A lease that an event tells of was changed; one that none tells of was skipped. */
function endingOf(events: readonly EventRecord[], id: bigint): Ending {
  const told = events.some(({ name, args }) => OF_LEASES.test(name) && args[0] === id);
  return told ? "done" : "skipped";
}
