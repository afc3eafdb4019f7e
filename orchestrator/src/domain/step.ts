// SPDX-License-Identifier: Apache-2.0
import type { CloseCause, IsolationTier } from "@berth/sdk";
import type { LeaseId } from "./identity.ts";
import type { ServiceSpec } from "./workload.ts";

interface OfLease {
  readonly leaseId: LeaseId;
}

interface OfService extends OfLease {
  readonly service: string;
}

/** Every action that the daemon can take, with its arguments: an action without an executor does not compile. */
export interface StepArguments {
  readonly ensureImage: OfLease & { readonly image: string };
  readonly createNetwork: OfLease;
  readonly createVolume: OfLease & { readonly volume: string; readonly sizeMiB: number };
  /** Of all services: what the new ones need is there before anything of the old ones goes. */
  readonly reservePorts: OfLease & { readonly services: readonly ServiceSpec[] };
  readonly createContainer: OfLease & {
    readonly manifestHash: `0x${string}`;
    readonly tier: IsolationTier;
    readonly service: ServiceSpec;
  };
  readonly startContainer: OfService;
  readonly stopContainer: OfService;
  readonly freezeContainer: OfService;
  readonly thawContainer: OfService;
  readonly removeContainer: OfService;
  /** Lets the provider's proxy reach the lease's network. */
  readonly joinIngress: OfLease;
  readonly removeNetwork: OfLease;
  readonly removeVolume: OfLease & { readonly volume: string };
  readonly startLease: OfLease;
  readonly resumeLease: OfLease;
  readonly pauseLease: OfLease;
  readonly completeLease: OfLease & { readonly exitCode: number };
  readonly closeLease: OfLease & { readonly cause: CloseCause };
}

export type StepAction = keyof StepArguments;

export type Step = {
  [Action in StepAction]: { readonly action: Action } & StepArguments[Action];
}[StepAction];
