// SPDX-License-Identifier: Apache-2.0

/**
 * Functions that decide nothing about money or authority: they only tell what is so, or repeat what their caller says. Every
 * other function, modifier and constant of the modules and libraries counts as money or authority, new ones too.
 */
const TELLS_ONLY: ReadonlySet<string> = new Set([
  "accruedOf",
  "balanceOf",
  "clockOf",
  "delegateOf",
  "depletionOf",
  "disputeOf",
  "isQuoteSpent",
  "leaseCount",
  "leaseSummaries",
  "leaseSummary",
  "offerCount",
  "offerOf",
  "providerOf",
  "setEndpoint",
  "setMetadata",
  "stakeOf",
  "statusOf",
  "version",
  "_accrued",
  "_logOpened",
  "_summaryOf",
]);

/** The list above, for the report. */
export const EXEMPT: readonly string[] = [...TELLS_ONLY];

/** True in code that decides about money or authority; what an event says does not. */
export function isCritical(place: string, said: boolean): boolean {
  return !said && !TELLS_ONLY.has(place);
}
