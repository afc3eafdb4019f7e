// SPDX-License-Identifier: Apache-2.0
import type { MarketEvent, Usage } from "@berth/sdk";
import type { LeaseNote } from "../ports/journal.ts";

/** What events alone tell of leases: the manifest that each is to run, in the order of the chain. */
export function manifestNotes(events: readonly MarketEvent[]): readonly LeaseNote[] {
  return events
    .filter((event) => event.name === "LeaseOpened" || event.name === "LeaseManifestChanged")
    .map(({ args: { leaseId, manifestHash } }) => ({ leaseId, manifestHash }));
}

/** The figures of leases that reports showed, in the order of the chain. */
export function reportedUsages(events: readonly MarketEvent[]): readonly Usage[] {
  return events
    .filter((event) => event.name === "UsageReported")
    .map(({ args: { leaseId, usage } }) => ({ ...usage, leaseId }));
}

/** The provider's event numbers after a block, each once, in order. */
export function sequencesAfter(events: readonly MarketEvent[], block: bigint): readonly bigint[] {
  const sequences = events
    .filter(({ blockNumber }) => blockNumber > block)
    .flatMap(({ args }) => ("sequence" in args ? [args.sequence] : []));
  return [...new Set(sequences)].sort((a, b) => (a < b ? -1 : 1));
}
