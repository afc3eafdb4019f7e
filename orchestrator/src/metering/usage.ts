// SPDX-License-Identifier: Apache-2.0
import type { Usage } from "@berth/sdk";
import type { LeaseId } from "../domain/identity.ts";
import type { Incarnation } from "../ports/journal.ts";

const MS_PER_SECOND = 1_000;
/** A nanosecond of a core is a millionth of a thousandth of a core, times a second. */
const NANOS_PER_MILLI_CORE_SECOND = 1_000_000n;
const BYTE_MILLIS_PER_MIB_SECOND = 1_000n * 1024n * 1024n;

/**
 * What a lease has used since it started, rounded down. Its services may run side by side: served time counts each moment once.
 * All zero without an incarnation; a later set of incarnations of the same lease never comes to less.
 */
export function usageOf(leaseId: LeaseId, incarnations: readonly Incarnation[]): Usage {
  const total = (part: (incarnation: Incarnation) => bigint): bigint =>
    incarnations.reduce((sum, incarnation) => sum + part(incarnation), 0n);
  const measuredAt = Math.max(0, ...incarnations.map(({ lastSampleAt }) => lastSampleAt));
  return {
    leaseId,
    measuredAt: BigInt(Math.floor(measuredAt / MS_PER_SECOND)),
    servedSeconds: BigInt(Math.floor(servedMillis(incarnations) / MS_PER_SECOND)),
    cpuMillisSeconds: total(({ cpuNanos }) => cpuNanos) / NANOS_PER_MILLI_CORE_SECOND,
    memoryMiBSeconds: total(({ memoryByteMillis }) => memoryByteMillis) / BYTE_MILLIS_PER_MIB_SECOND,
    networkRxBytes: total(({ networkRxBytes }) => networkRxBytes),
    networkTxBytes: total(({ networkTxBytes }) => networkTxBytes),
  };
}

/**
 * The usage, and where the chain's log shows more, that: figures never go back, also after the journal was lost. What was counted
 * before is never added to what is counted anew, so that nothing is counted twice.
 */
export function neverBelow(reported: Usage | null, usage: Usage): Usage {
  if (reported === null) return usage;
  const more = (part: Exclude<keyof Usage, "leaseId">): bigint =>
    usage[part] > reported[part] ? usage[part] : reported[part];
  return {
    leaseId: usage.leaseId,
    measuredAt: more("measuredAt"),
    servedSeconds: more("servedSeconds"),
    cpuMillisSeconds: more("cpuMillisSeconds"),
    memoryMiBSeconds: more("memoryMiBSeconds"),
    networkRxBytes: more("networkRxBytes"),
    networkTxBytes: more("networkTxBytes"),
  };
}

/** Length of the union of all runs, in milliseconds. */
function servedMillis(incarnations: readonly Incarnation[]): number {
  const byStart = [...incarnations].sort((one, other) => one.startedAt - other.startedAt);
  let served = 0;
  let countedTo = Number.NEGATIVE_INFINITY;
  for (const { startedAt, lastSampleAt } of byStart) {
    const from = Math.max(startedAt, countedTo);
    served += Math.max(0, lastSampleAt - from);
    countedTo = Math.max(countedTo, lastSampleAt);
  }
  return served;
}
