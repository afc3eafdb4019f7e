// SPDX-License-Identifier: Apache-2.0
import type { MarketEvent, Usage } from "@berth/sdk";
import type { LeaseNote } from "../ports/journal.ts";

/** What events alone tell of leases: the manifest that each is to run, in the order of the chain. */
export function manifestNotes(events: readonly MarketEvent[]): readonly LeaseNote[] {
  return events
    .filter((event) => event.name === "LeaseOpened" || event.name === "LeaseManifestChanged")
    .map(({ args: { leaseId, manifestHash } }) => ({ leaseId, manifestHash }));
}

/** The last figures of each lease that reports showed. */
export function reportedUsages(events: readonly MarketEvent[]): readonly Usage[] {
  const last = new Map<bigint, Usage>();
  for (const event of events)
    if (event.name === "UsageReported") last.set(event.args.leaseId, event.args.usage);
  return [...last].map(([leaseId, usage]) => ({ ...usage, leaseId }));
}

/** The provider's event numbers after a block, each once, in order. */
export function sequencesAfter(events: readonly MarketEvent[], block: bigint): readonly bigint[] {
  const sequences = events
    .filter(({ blockNumber }) => blockNumber > block)
    .flatMap(({ args }) => ("sequence" in args ? [args.sequence] : []));
  return [...new Set(sequences)].sort((a, b) => (a < b ? -1 : 1));
}
