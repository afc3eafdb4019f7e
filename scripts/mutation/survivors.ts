// SPDX-License-Identifier: Apache-2.0

/** A mutant that survives, and why that is right. */
export interface Reviewed {
  readonly id: string;
  /** As the report shows it; for whoever reads this list. */
  readonly change: string;
  readonly reason: string;
}

/** Survivors that somebody looked at. One that is killed, or is no mutant any more, must leave the list. */
export const REVIEWED: readonly Reviewed[] = [];
