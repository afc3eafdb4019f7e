// SPDX-License-Identifier: Apache-2.0
import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Networks that nobody on the internet has: a provider's own, his machine's, and what is kept for other uses. */
const PRIVATE = privateNetworks();

/** Whether an address is one of the internet's. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  return !PRIVATE.check(address, family === 4 ? "ipv4" : "ipv6");
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

function privateNetworks(): BlockList {
  const list = new BlockList();
  const ipv4 = [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 3],
  ] as const;
  for (const [network, prefix] of ipv4) list.addSubnet(network, prefix, "ipv4");
  const ipv6 = [
    ["::", 96],
    ["64:ff9b::", 96],
    ["64:ff9b:1::", 48],
    ["100::", 64],
    ["2001:db8::", 32],
    ["2002::", 16],
    ["fc00::", 7],
    ["fe80::", 10],
    ["fec0::", 10],
    ["ff00::", 8],
  ] as const;
  for (const [network, prefix] of ipv6) list.addSubnet(network, prefix, "ipv6");
  return list;
}
