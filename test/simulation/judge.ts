// SPDX-License-Identifier: Apache-2.0
import { costOf } from "@berth/sdk";
import { containerName } from "../../orchestrator/src/domain/names.ts";
import type { MarketIdentity } from "../../orchestrator/src/domain/identity.ts";
import type { Truth } from "../fake-engine/truth.ts";
import type { LeaseTruth } from "./chain-truth.ts";
import { missedSeconds, outages, servedSeconds, type Span } from "./served.ts";
import type { Visit } from "./tenants.ts";

export interface Evidence {
  readonly identity: MarketIdentity;
  readonly truth: Truth;
  readonly leases: readonly LeaseTruth[];
  readonly visits: readonly Visit[];
  /** Milliseconds since 1970 when it was looked. */
  readonly at: number;
  /** Seconds that an outage may be billed: a sample, the looks that find it, and the transaction's way into a block. */
  readonly outageGrace: number;
  /** Seconds that a job may be billed beyond its end: the reconciler's look that finds it, and the same way. */
  readonly completionGrace: number;
  /** When the daemon saw no chain: nothing can be paused then, and nothing is started. */
  readonly darkness: readonly Span[];
  readonly minPeriod: bigint;
  readonly nonces: { readonly mined: number; readonly known: number };
}

/** What is wrong at the end, when everything has had time to come to rest; nothing where all is well. */
export function judge(evidence: Evidence): readonly string[] {
  return [
    ...evidence.leases.flatMap((lease) => [
      ...judgeMoney(lease),
      ...judgeRunning(evidence, lease),
      ...judgeBill(evidence, lease),
    ]),
    ...judgeLeaks(evidence),
    ...(evidence.nonces.mined === evidence.nonces.known
      ? []
      : [`a transaction of the operator's waits for ever`]),
  ];
}

function judgeMoney({ leaseId, summary, deposited, paid, refunded }: LeaseTruth): readonly string[] {
  const rest = summary.status === "closed" ? refunded : summary.balance;
  return paid + rest === deposited ? [] : [`lease ${leaseId}: ${paid} paid and ${rest} left of ${deposited}`];
}

function nameOf({ identity, visits }: Evidence, { leaseId, manifestHash }: LeaseTruth): string | null {
  const visit = visits.find(({ hash }) => hash === manifestHash);
  return visit === undefined ? null : containerName(identity, leaseId, visit.kind.name);
}

/** One container for a lease that is being paid for, none for another. */
function judgeRunning(evidence: Evidence, lease: LeaseTruth): readonly string[] {
  const { leaseId, summary } = lease;
  const name = nameOf(evidence, lease);
  const visit = evidence.visits.find(({ hash }) => hash === lease.manifestHash);
  if (name === null || visit === undefined) return [`lease ${leaseId} is nobody's`];
  const [live] = evidence.truth.running().filter((container) => container.name === name);
  const isPaidFor = summary.status === "active";
  if (isPaidFor && !visit.kind.isJob && (live === undefined || live.isFrozen))
    return [`lease ${leaseId} is paid for, and ${name} does not run`];
  if (["closed", "depleted"].includes(summary.status) && live !== undefined && !live.isFrozen)
    return [`lease ${leaseId} is ${summary.status}, and ${name} runs`];
  return [];
}

/** Nobody pays for what was not served, but for the minimum that he agreed to. */
function judgeBill(evidence: Evidence, lease: LeaseTruth): readonly string[] {
  const { leaseId, summary, paid, events } = lease;
  const name = nameOf(evidence, lease);
  const started = events.find((event) => event.name === "LeaseStarted");
  if (name === null || started === undefined)
    return paid === 0n ? [] : [`lease ${leaseId} was never started and paid ${paid}`];
  const served = servedSeconds(evidence.truth, name, 0, evidence.at);
  const isJob = evidence.visits.some(({ hash, kind }) => hash === lease.manifestHash && kind.isJob);
  const grace = evidence.outageGrace * (1 + outages(evidence.truth, name));
  const dark = missedSeconds(evidence.truth, name, evidence.darkness);
  const most = BigInt(Math.ceil(served + dark + grace + (isJob ? evidence.completionGrace : 0)));
  const billable = most > evidence.minPeriod ? most : evidence.minPeriod;
  const total = paid + (summary.status === "closed" ? 0n : summary.accrued);
  return total <= costOf(summary.milliRatePerSecond, billable)
    ? []
    : [
        `lease ${leaseId} was billed ${(total * 1_000n) / summary.milliRatePerSecond} s, and ${name} served ${Math.round(served)} s`,
      ];
}

/** Of a lease that is over nothing is left. */
function judgeLeaks({ truth, leases }: Evidence): readonly string[] {
  const open = new Set(
    leases.filter(({ summary }) => summary.status !== "closed").map(({ leaseId }) => String(leaseId)),
  );
  const named = [...truth.containers(), ...truth.networks(), ...truth.volumes()];
  return named
    .filter((name) => !open.has(/^berth-\d+-[0-9a-f]{8}-(\d+)-/.exec(name)?.[1] ?? ""))
    .map((name) => `${name} is left behind`);
}
