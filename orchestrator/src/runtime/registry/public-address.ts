// SPDX-License-Identifier: Apache-2.0
import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { cidrs, hostCidr, isWithin } from "../../domain/cidr.ts";
import { CLOSED, METADATA } from "../../domain/egress.ts";

/** What leases cannot reach either, and the range that their firewall leaves to its probe. */
const PRIVATE = [...CLOSED, ...METADATA, ...cidrs("192.0.2.0/24")];

/** Whether an address is one of the internet's. */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const host = hostCidr(mapped ?? address);
  return host !== null && !PRIVATE.some((range) => isWithin(host, range));
}

/** A name's addresses, if each of them is public: a tenant names the host, and must not reach the provider's own network by it. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return callback(error ?? new Error("no address"), "");
    if (!addresses.every(({ address }) => isPublicAddress(address)))
      return callback(Object.assign(new Error(NOT_PUBLIC), { code: NOT_PUBLIC }), "");
    if (options.all === true) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};

/** The code of a lookup that ended at an address that is not public. */
export const NOT_PUBLIC = "E_ADDRESS_NOT_PUBLIC";
