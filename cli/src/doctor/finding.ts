// SPDX-License-Identifier: Apache-2.0
import type { BerthError } from "@berth/sdk";

/** `unknown` could not be found out: it is neither well nor ill. */
export type FindingState = "ok" | "warning" | "failing" | "unknown";

/** What the doctor says of one thing. */
export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  readonly says: string;
  /** What to type or do; null where nothing is to be done. */
  readonly fix: string | null;
}

/** What a probe brought back: a fact, what kept it from one, or null where it made no sense to ask. */
export type Fact<Value> = { readonly value: Value } | { readonly error: BerthError } | null;

export function ok(check: string, says: string): Finding {
  return { check, state: "ok", says, fix: null };
}

export function warning(check: string, says: string, fix: string): Finding {
  return { check, state: "warning", says, fix };
}

export function failing(check: string, says: string, fix: string): Finding {
  return { check, state: "failing", says, fix };
}

export function unknown(check: string, why: string): Finding {
  return { check, state: "unknown", says: `cannot be told: ${why}`, fix: null };
}

/** An error in its own words, with what it says to do. */
export function failed(check: string, { message, next }: BerthError): Finding {
  return failing(check, message, next);
}

/** The judgement of a fact; an error speaks for itself. */
export function judged<Value>(
  check: string,
  fact: Fact<Value>,
  judge: (value: Value) => Finding,
  why = "the chain does not answer",
): Finding {
  if (fact === null) return unknown(check, why);
  return "error" in fact ? failed(check, fact.error) : judge(fact.value);
}
