// SPDX-License-Identifier: Apache-2.0
import type { Cidr, Family } from "../../domain/cidr.ts";
import { LEASE_PREFIX as LEASE_PREFIX_4 } from "../../domain/subnets.ts";

/** What the rules are built from: what the provider said, and what this machine is like. */
export interface EgressPolicy {
  /** Families of addresses that this machine speaks. */
  readonly families: readonly Family[];
  /** What the provider opens; an address of this machine itself is opened only by an entry that names it alone. */
  readonly allowed: readonly Cidr[];
  /** What one lease may send, in millions of bits a second. */
  readonly mbit: number;
  /** The name servers that the engine asks for a lease's services, from inside its network: open on port 53. */
  readonly resolvers: readonly Cidr[];
  /** Families whose frames between two ports of one bridge pass the rules too. */
  readonly bridged: readonly Family[];
}

/** What this machine is like. */
export type HostFacts = Omit<EgressPolicy, "allowed" | "mbit">;

/** A lease may send this much of a second's worth at once. */
export function bytesPerSecond({ mbit }: Pick<EgressPolicy, "mbit">): number {
  return mbit * 125_000;
}

export const MAIL_PORTS = [25, 465, 587] as const;
export const DNS_PORT = 53;

/** Of one lease: new connections a second, how many more at once, and how many may be open. */
export const LIMITS = { perSecond: 50, burst: 50, open: 2_000 } as const;

/** Which addresses are one lease's, where its interface cannot be counted by. */
export const LEASE_PREFIX: Readonly<Record<Family, number>> = { 4: LEASE_PREFIX_4, 6: 64 };
