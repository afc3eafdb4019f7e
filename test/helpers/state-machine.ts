// SPDX-License-Identifier: Apache-2.0
import { Reason, Status } from "./enums.ts";
import type { ReasonName, StatusName } from "./enums.ts";

export const CALLERS = ["anyone", "owner", "provider", "tenant", "delegate", "arbitrator"] as const;
export const FACTS = [
  "late",
  "silent",
  "early",
  "over",
  "paused",
  "unjudged",
  "disputed",
  "overdue",
  "ruled",
  "bare",
  "past",
] as const;
export const DEEDS = [
  "skipped",
  "aside",
  "same",
  "amended",
  "settled",
  "revived",
  "cured",
  "unlocked",
  "disputed",
  "awarded",
  "dismissed",
  "expired",
] as const;
export const FATES = ["freed", "held", "forfeited"] as const;

export type Caller = (typeof CALLERS)[number];
export type Fact = (typeof FACTS)[number];
export type Deed = (typeof DEEDS)[number];
export type Fate = (typeof FATES)[number];

/** What a line of a cell says of a call that it fits. */
export type Outcome =
  | { kind: "refused"; error: string }
  | { kind: "status"; status: StatusName }
  | { kind: "closed"; reason: ReasonName; fate: Fate }
  | { kind: Deed };

export interface Line {
  text: string;
  outcome: Outcome;
  callers: Caller[];
  facts: { fact: Fact; holds: boolean }[];
}

export interface Row {
  call: string;
  who: Caller[];
  cells: Map<StatusName, Line[]>;
}

const COLUMNS = ["call", "who", ...Object.keys(Status)];
const LINE = /^(?<outcome>\w+(?:, \w+)?)(?: for (?<callers>[a-z ]+?))?(?: if (?<facts>[a-z ]+))?$/;
const REFUSALS: Record<string, string> = { unknown: "LeaseUnknown", refused: "LeaseStatusUnexpected" };
const NEXT: StatusName[] = ["Active", "Paused"];

function known<Word extends string>(words: readonly Word[], word: string): Word {
  const found = words.find((each) => each === word);
  if (found === undefined) throw new Error(`the page defines no word ${word}`);
  return found;
}

function parseOutcome(text: string): Outcome {
  const [word = "", fate] = text.split(", ");
  if (fate !== undefined) {
    const reason = known(Object.keys(Reason) as ReasonName[], word);
    return { kind: "closed", reason, fate: known(FATES, fate) };
  }
  const error = REFUSALS[word] ?? (/^(Lease|Provider|Dispute|Stake)[A-Z]/.test(word) ? word : undefined);
  if (error !== undefined) return { kind: "refused", error };
  const status = NEXT.find((name) => name === word);
  return status === undefined ? { kind: known(DEEDS, word) } : { kind: "status", status };
}

function parseCallers(text: string): Caller[] {
  return text.split(" or ").map((word) => known(CALLERS, word));
}

function parseLine(text: string): Line {
  const { outcome, callers, facts } = LINE.exec(text)?.groups ?? {};
  if (outcome === undefined) throw new Error(`the page explains no line like: ${text}`);
  return {
    text,
    outcome: parseOutcome(outcome),
    callers: parseCallers(callers ?? "anyone"),
    facts: (facts?.split(" and ") ?? []).map((word) => ({
      fact: known(FACTS, word.replace(/^not /, "")),
      holds: !word.startsWith("not "),
    })),
  };
}

function parseRow([call = "", who = "", ...cells]: string[]): Row {
  const statuses = Object.keys(Status) as StatusName[];
  if (cells.length !== statuses.length) throw new Error(`${call}: ${cells.length} cells`);
  const parsed = statuses.map((status, index) => {
    const lines = (cells[index] ?? "").split("; ").map(parseLine);
    return [status, lines] as const;
  });
  return { call, who: parseCallers(who), cells: new Map(parsed) };
}

/** The rows of the table under a heading of a Markdown page, the line with the columns first. */
export function tableUnder(page: string, heading: string): string[][] {
  const lines = page.split("\n");
  const from = lines.indexOf(heading);
  if (from === -1) throw new Error(`the page has no heading ${heading}`);
  const start = lines.findIndex((line, index) => index > from && line.startsWith("|"));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  return lines
    .slice(start, end)
    .filter((line) => !line.startsWith("|---"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Reads the table of calls and statuses. Throws at every word that means nothing. */
export function parseStateMachine(page: string): Row[] {
  const [columns = [], ...rows] = tableUnder(page, "## The table");
  if (columns.join() !== COLUMNS.join()) throw new Error(`the columns are ${columns.join(", ")}`);
  return rows.map(parseRow);
}
