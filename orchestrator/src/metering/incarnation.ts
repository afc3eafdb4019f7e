// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../domain/identity.ts";
import type { Sample } from "../domain/observed.ts";
import type { Incarnation } from "../ports/journal.ts";

/** What bounds a measurement. */
export interface SampleLimits {
  /** Thousandths of a core that the container may use; null where that is not known. */
  readonly cpuMillis: number | null;
  /** Milliseconds for which one measurement of memory may speak: an unmeasured gap claims no memory beyond it. */
  readonly memoryReach: number;
}

/** How far above its quota a container may seem to be: clocks of engine and kernel differ a little. */
const QUOTA_SLACK_PERCENT = 105n;
const NANOS_PER_MILLI_CORE_MS = 1_000n;

/**
 * The incarnation that the sample continues or begins. Totals never fall: processor time that went back begins a new incarnation
 * at the last sample, and is held to what the quota allows; a network that tells less, or nothing, keeps its totals.
 */
export function measured(
  leaseId: LeaseId,
  sample: Sample,
  known: readonly Incarnation[],
  limits: SampleLimits,
): Incarnation {
  const last = known
    .filter(
      ({ containerId, startedAt }) => containerId === sample.containerId && startedAt >= sample.startedAt,
    )
    .sort((one, other) => other.startedAt - one.startedAt)[0];
  if (last === undefined) return counted(beginning(leaseId, sample, sample.startedAt), sample, limits);
  if (sample.takenAt <= last.lastSampleAt) return last;
  const from = sample.cpuNanos < last.cpuNanos ? beginning(leaseId, sample, last.lastSampleAt) : last;
  return counted(from, sample, limits);
}

function beginning(leaseId: LeaseId, { containerId }: Sample, startedAt: number): Incarnation {
  const totals = { cpuNanos: 0n, memoryByteMillis: 0n, networkRxBytes: 0n, networkTxBytes: 0n };
  return { leaseId, containerId, startedAt, lastSampleAt: startedAt, ...totals };
}

function counted(from: Incarnation, sample: Sample, { cpuMillis, memoryReach }: SampleLimits): Incarnation {
  const elapsed = Math.max(0, sample.takenAt - from.lastSampleAt);
  const allowed =
    cpuMillis === null
      ? sample.cpuNanos
      : from.cpuNanos +
        (BigInt(cpuMillis) * BigInt(elapsed) * NANOS_PER_MILLI_CORE_MS * QUOTA_SLACK_PERCENT) / 100n;
  return {
    ...from,
    lastSampleAt: from.lastSampleAt + elapsed,
    cpuNanos: sample.cpuNanos < allowed ? sample.cpuNanos : allowed,
    memoryByteMillis: from.memoryByteMillis + sample.memoryBytes * BigInt(Math.min(elapsed, memoryReach)),
    networkRxBytes: greater(sample.networkRxBytes, from.networkRxBytes),
    networkTxBytes: greater(sample.networkTxBytes, from.networkTxBytes),
  };
}

function greater(told: bigint | null, known: bigint): bigint {
  return told !== null && told > known ? told : known;
}
