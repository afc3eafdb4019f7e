// SPDX-License-Identifier: Apache-2.0
import { buildUsageTree, type Usage } from "@berth/sdk";
import type { LeaseId } from "../domain/identity.ts";
import type { UsageReport } from "../ports/market-chain.ts";

/** A report and what proves it. */
export interface PreparedReport {
  readonly report: UsageReport;
  /** The tree as JSON text; null where there is no figure. */
  readonly dump: string | null;
}

/** Most figures that a report shows in the log. */
const MAX_ENTRIES = 128;

/**
 * The report over these figures. Without any it still is a report, the provider's word that he is there, with the zero root
 * and no address. `endpoint` is the gateway's public one.
 */
export function prepareReport(usages: readonly Usage[], endpoint: string): PreparedReport {
  const tree = buildUsageTree(usages);
  const isEmpty = usages.length === 0;
  return {
    report: {
      root: tree.root,
      uri: isEmpty ? "" : `${endpoint.replace(/\/+$/, "")}/v1/usage/${tree.root}`,
      entries: usages.slice(0, MAX_ENTRIES),
    },
    dump: isEmpty ? null : JSON.stringify(tree.dump()),
  };
}

/** Figures of the leases of which there are any. */
export function figures(ids: readonly LeaseId[], usageOf: (leaseId: LeaseId) => Usage): readonly Usage[] {
  return ids.map(usageOf).filter(({ measuredAt }) => measuredAt > 0n);
}
