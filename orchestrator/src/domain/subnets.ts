// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { LeaseId } from "./identity.ts";

/** A range of IPv4 addresses out of which every lease gets its own /27. */
export interface SubnetPool {
  /** First address, as a number. */
  readonly base: number;
  /** How many /27 it holds. */
  readonly size: number;
}

/** A lease's /27. */
export interface Subnet {
  readonly cidr: string;
  readonly gateway: string;
  /** The last address, which the engine gives to nobody before all others are taken; with its prefix. */
  readonly last: string;
}

interface Range {
  readonly first: number;
  readonly end: number;
}

export const LEASE_PREFIX = 27;
const LEASE_ADDRESSES = 2 ** (32 - LEASE_PREFIX);
/** What of a lease's range its services and the provider's proxy may have: all but the network's own, the gateway's and everybody's. */
export const ADDRESSES_FOR_SERVICES = LEASE_ADDRESSES - 3;

/** Reads `10.200.0.0/14`; UserError E_SUBNET_POOL when it is no IPv4 range of at least one /27, or starts off its boundary. */
export function parseSubnetPool(cidr: string): SubnetPool {
  const range = parseRange(cidr);
  const length = range === null ? 0 : range.end - range.first;
  if (range === null || length < LEASE_ADDRESSES || range.first % length !== 0) {
    throw new UserError("E_SUBNET_POOL", `"${cidr}" is no pool of IPv4 subnets.`, {
      atRisk: "nothing",
      next: "Give a private range such as 10.200.0.0/14, /27 or larger, beginning on its own boundary.",
    });
  }
  return { base: range.first, size: length / LEASE_ADDRESSES };
}

/** The pool's /27 number `index`, counted round the end. */
export function subnetAt(pool: SubnetPool, index: number): Subnet {
  const first = pool.base + (index % pool.size) * LEASE_ADDRESSES;
  return {
    cidr: `${formatAddress(first)}/${LEASE_PREFIX}`,
    gateway: formatAddress(first + 1),
    last: `${formatAddress(first + LEASE_ADDRESSES - 2)}/${LEASE_PREFIX}`,
  };
}

/**
 * The subnets that a lease may take, best first: its own place in the pool, then those after it, without any that
 * overlaps one of `taken` (CIDRs; other families are passed over). At most `limit` of them; none means that the pool is full.
 */
export function freeSubnets(
  pool: SubnetPool,
  leaseId: LeaseId,
  taken: readonly string[],
  limit: number,
): readonly Subnet[] {
  const ranges = taken.map(parseRange).filter((range) => range !== null);
  const start = Number(leaseId % BigInt(pool.size));
  const free: Subnet[] = [];
  for (let step = 0; step < pool.size && free.length < limit; step += 1) {
    const first = pool.base + ((start + step) % pool.size) * LEASE_ADDRESSES;
    const clashes = ranges.some((range) => range.first < first + LEASE_ADDRESSES && first < range.end);
    if (!clashes) free.push(subnetAt(pool, start + step));
  }
  return free;
}

function parseRange(cidr: string): Range | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return null;
  const octets = match.slice(1, 5).map(Number);
  const prefix = Number(match[5]);
  if (octets.some((octet) => octet > 255) || prefix > 32) return null;
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return { first: address, end: address + 2 ** (32 - prefix) };
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
