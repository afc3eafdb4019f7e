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
  /** Seconds of service clock for which a depleted lease's data is kept; read for depleted leases alone. */
  readonly retentionPeriod: bigint;
}

/** What should be the case for a lease. Whatever is not a fact leaves everything as it is. */
export function desiredOf(knowledge: LeaseKnowledge, facts: DesireFacts): Desired {
  const { leaseId } = knowledge;
  if (knowledge.kind === "unknown") return { kind: "leave", leaseId, why: knowledge.why };
  if (knowledge.kind === "absent" || knowledge.lease.status === "none") return { kind: "freeze", leaseId };
  const { lease } = knowledge;
  if (lease.provider.toLowerCase() !== facts.provider.toLowerCase()) {
    return { kind: "leave", leaseId, why: `it is served by another provider, ${lease.provider}` };
  }
  return desiredOfOurs(leaseId, lease, facts);
}

function desiredOfOurs(leaseId: LeaseId, lease: LeaseSummary, facts: DesireFacts): Desired {
  const { status, startLate } = lease;
  switch (status) {
    case "none":
      return { kind: "freeze", leaseId };
    case "closed":
      return { kind: "remove", leaseId };
    case "depleted": {
      const retentionOver = lease.clockNow >= lease.depletionClock + facts.retentionPeriod;
      return { kind: "suspend", leaseId, retentionOver };
    }
    case "pending":
    case "active":
    case "paused":
    case "lapsed":
      return facts.workload === null
        ? { kind: "awaitManifest", leaseId, status, startLate }
        : { kind: "run", leaseId, status, startLate, workload: facts.workload };
  }
}
