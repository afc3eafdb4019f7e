// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary } from "@berth/sdk";
import type { LeaseId } from "./identity.ts";
import type { WorkloadSpec } from "./workload.ts";

/** What a canonical block says of a lease; not having been able to look is a different thing from there being none. */
export type LeaseKnowledge =
  | { readonly kind: "known"; readonly leaseId: LeaseId; readonly lease: LeaseSummary }
  | { readonly kind: "absent"; readonly leaseId: LeaseId }
  | { readonly kind: "unknown"; readonly leaseId: LeaseId; readonly why: string };

/** What should be the case for one lease. Only a positive fact ever asks for less than what runs. */
export type Desired =
  | {
      readonly kind: "run";
      readonly leaseId: LeaseId;
      readonly status: "pending" | "active" | "paused" | "lapsed";
      /** True when the provider's time to start it is over. */
      readonly startLate: boolean;
      /** True for a pending lease that stands deep enough in the chain to be closed. */
      readonly mayClose: boolean;
      readonly workload: WorkloadSpec;
    }
  | {
      /** The manifest is not here yet: what runs stays, nothing new begins. */
      readonly kind: "awaitManifest";
      readonly leaseId: LeaseId;
      readonly status: "pending" | "active" | "paused" | "lapsed";
      readonly startLate: boolean;
      readonly mayClose: boolean;
    }
  | {
      /** Depleted: the containers rest, the data stays. */
      readonly kind: "suspend";
      readonly leaseId: LeaseId;
      /** True once retention is over, deep enough in the chain for the lease to be closed. */
      readonly retentionOver: boolean;
    }
  /** Closed, and the chain may still take that back: the containers rest, the data stays. */
  | { readonly kind: "rest"; readonly leaseId: LeaseId }
  /** What runs is another lease's that had the number on a chain that was replaced: it rests with its data, and goes once that is final. */
  | { readonly kind: "quarantine"; readonly leaseId: LeaseId; readonly isFinal: boolean }
  /** Closed or absent for good. */
  | { readonly kind: "remove"; readonly leaseId: LeaseId }
  /** Absent, and the chain may still bring it back. */
  | { readonly kind: "freeze"; readonly leaseId: LeaseId }
  | { readonly kind: "leave"; readonly leaseId: LeaseId; readonly why: string };

/** Why a lease is not served, as its tenant and, where it is given back, the chain are told. */
export interface LeaseRefusal {
  readonly leaseId: LeaseId;
  readonly code: string;
  readonly message: string;
  readonly cause: "image" | "manifest" | "capacity" | "hardware" | "unspecified";
  /** True where what runs of it rests meanwhile. */
  readonly rests?: boolean;
}

/** Why a workload cannot be brought up, as far as is known; permanent until the manifest changes. */
export interface LeaseFault extends LeaseRefusal {
  readonly manifestHash: `0x${string}`;
}

/** The lease itself; null where there is none, or nobody could look. */
export function leaseOf(knowledge: LeaseKnowledge): LeaseSummary | null {
  return knowledge.kind === "known" ? knowledge.lease : null;
}
