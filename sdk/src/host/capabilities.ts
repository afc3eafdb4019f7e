// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** One thing that a machine can do or cannot, as it was tried out there. */
export interface Proof {
  readonly proven: boolean;
  /** What was seen, or what stood in the way. */
  readonly how: string;
}

/** What a provider's machine can enforce, measured on it by a program that ran as a tenant's would. */
export interface HostCapabilities {
  readonly engine: {
    readonly version: string;
    /** Null where the engine does not say. */
    readonly runcVersion: string | null;
    readonly cgroupVersion: number | null;
    readonly liveRestore: boolean;
  };
  /** No capability, no new privilege, and a filter that refuses what it should. */
  readonly seccomp: Proof;
  readonly appArmor: Proof;
  readonly userns: Proof;
  readonly gvisor: Proof;
  /** Whether the engine bounds a root file system. */
  readonly overlayQuota: Proof;
  /** Whether a file can be made into a bounded volume and mounted. */
  readonly loopVolumes: Proof;
  /** Whether rules of the kinds that keep tenants apart can be set. */
  readonly nftables: Proof;
  readonly iptables: Proof;
  /** How many leases find a network in the pool. */
  readonly networks: number;
}

const proof = z.strictObject({ proven: z.boolean(), how: z.string() });

/** As the daemon's package tells it to other programs. */
export const hostCapabilitiesSchema: z.ZodType<HostCapabilities> = z.strictObject({
  engine: z.strictObject({
    version: z.string(),
    runcVersion: z.string().nullable(),
    cgroupVersion: z.number().nullable(),
    liveRestore: z.boolean(),
  }),
  seccomp: proof,
  appArmor: proof,
  userns: proof,
  gvisor: proof,
  overlayQuota: proof,
  loopVolumes: proof,
  nftables: proof,
  iptables: proof,
  networks: z.int().nonnegative(),
});
