// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary } from "@berth/sdk";
import type { Desired, LeaseKnowledge } from "../domain/desired.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { WorkloadSpec } from "../domain/workload.ts";

/** What turns knowledge of a lease into what should be the case. */
export interface DesireFacts {
  readonly provider: `0x${string}`;
  /** Made of the kept manifest whose hash is the one on chain; null while there is none. */
  readonly workload: WorkloadSpec | null;
  /** The lease in a block that is deep enough to act on its money; null where that is not known. */
  readonly settled: LeaseSummary | null;
  /** Seconds of service clock for which a depleted lease's data is kept; read for depleted leases alone. */
  readonly retentionPeriod: bigint;
  /** True where nothing takes back that the lease is closed, or absent. */
  readonly isFinal: boolean;
}

/** What should be the case for a lease. Whatever is not a fact leaves everything as it is. */
export function desiredOf(knowledge: LeaseKnowledge, facts: DesireFacts): Desired {
  const { leaseId } = knowledge;
  if (knowledge.kind === "unknown") return { kind: "leave", leaseId, why: knowledge.why };
  if (knowledge.kind === "absent") return desiredOfAbsent(leaseId, facts);
  const { lease } = knowledge;
  if (lease.status !== "none" && lease.provider.toLowerCase() !== facts.provider.toLowerCase()) {
    return { kind: "leave", leaseId, why: `it is served by another provider, ${lease.provider}` };
  }
  return desiredOfOurs(leaseId, lease, facts);
}

function desiredOfAbsent(leaseId: LeaseId, { isFinal }: DesireFacts): Desired {
  return { kind: isFinal ? "remove" : "freeze", leaseId };
}

function desiredOfOurs(leaseId: LeaseId, lease: LeaseSummary, facts: DesireFacts): Desired {
  const { status, startLate } = lease;
  switch (status) {
    case "none":
      return desiredOfAbsent(leaseId, facts);
    case "closed":
      return { kind: facts.isFinal ? "remove" : "rest", leaseId };
    case "depleted":
      return { kind: "suspend", leaseId, retentionOver: isRetentionOver(lease, facts) };
    case "pending":
    case "active":
    case "paused":
    case "lapsed":
      return desiredOfServed(
        { leaseId, status, startLate, mayClose: isSettled(lease, facts, "pending") },
        facts,
      );
  }
}

function desiredOfServed(
  lease: Omit<Extract<Desired, { readonly kind: "awaitManifest" }>, "kind">,
  { workload }: DesireFacts,
): Desired {
  return workload === null ? { kind: "awaitManifest", ...lease } : { kind: "run", ...lease, workload };
}

function isRetentionOver(lease: LeaseSummary, facts: DesireFacts): boolean {
  const { settled, retentionPeriod } = facts;
  if (settled === null || !isSettled(lease, facts, "depleted")) return false;
  return settled.clockNow >= settled.depletionClock + retentionPeriod;
}

/** Whether the deeper block shows this very lease, with this status: after a reorganisation its number may be another's. */
function isSettled(lease: LeaseSummary, { settled }: DesireFacts, status: LeaseSummary["status"]): boolean {
  if (settled === null || lease.status !== status || settled.status !== status) return false;
  return (["tenant", "provider", "offerId", "startBy"] as const).every((key) => settled[key] === lease[key]);
}
