// SPDX-License-Identifier: Apache-2.0

/** What the daemon's work hangs on, in the order in which it is told. */
export const CHECK_NAMES = [
  "chain",
  "engine",
  "journal",
  "report",
  "gasMoney",
  "instance",
  "clock",
  "leftovers",
  "egress",
  "disk",
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** `warning` still works and will not for long; `unknown` could not be found out: it is neither well nor ill. */
export const CHECK_STATES = ["ok", "warning", "failing", "unknown"] as const;

export type CheckState = (typeof CHECK_STATES)[number];

/** What a look found, in words that name no tenant and quote no error. */
export interface Finding {
  readonly state: CheckState;
  /** What is the case. */
  readonly what: string;
  /** What it means for money. */
  readonly atRisk: string;
  /** What to do. */
  readonly next: string;
}

export interface Check extends Finding {
  readonly name: CheckName;
  /** Milliseconds since 1970 since when it has this state. */
  readonly since: number;
}

/** A loop of the daemon that does not turn, and for how many milliseconds it has not. */
export interface StalledLoop {
  readonly loop: string;
  readonly forMs: number;
}

export function well(what: string): Finding {
  return { state: "ok", what, atRisk: "nothing", next: "nothing" };
}

/** What could not be found out, and the reason in words. */
export function unknown(why: string): Finding {
  return {
    state: "unknown",
    what: `This cannot be told: ${why}.`,
    atRisk: "nothing is decided on it: what runs goes on running",
    next: "See to what is failing first; this is looked at again by itself.",
  };
}
