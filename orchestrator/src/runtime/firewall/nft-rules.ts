// SPDX-License-Identifier: Apache-2.0
import { isHost, ofFamily, type Cidr, type Family } from "../../domain/cidr.ts";
import { CLOSED, METADATA } from "../../domain/egress.ts";
import { BRIDGE_PREFIX } from "../../domain/names.ts";
import { bytesPerSecond, DNS_PORT, LIMITS, MAIL_PORTS, type EgressPolicy } from "./policy.ts";

export const TABLE = "berth";

const LEASES = `"${BRIDGE_PREFIX}*"`;
/** Before the chains of Docker and of most other tools. A drop is final wherever it is; what passes here is theirs to judge. */
const PRIORITY = "filter - 10";
/** The first packet of a connection: one that nobody answers stays `new`, and would count with each of its packets. */
const FIRST = "ct state new ct status ! confirmed";
const DADDR: Readonly<Record<Family, string>> = { 4: "ip daddr", 6: "ip6 daddr" };
const FAMILIES: readonly Family[] = [4, 6];

/** The whole of Berth's table, for `nft -f`: it takes the place of the one before in one step, without a gap. */
export function nftRules(policy: EgressPolicy): string {
  const { perSecond, burst, open } = LIMITS;
  return `add table inet ${TABLE}
delete table inet ${TABLE}
table inet ${TABLE} {
  set rates { type ifname; size 65535; flags dynamic,timeout; timeout 1m; }
  set counts { type ifname; size 65535; flags dynamic; }
  set sent { type ifname; size 65535; flags dynamic,timeout; timeout 1m; }
${chain("limits", [
  `${FIRST} update @rates { iifname limit rate over ${perSecond}/second burst ${burst} packets } counter drop`,
  `${FIRST} add @counts { iifname ct count over ${open} } counter drop`,
])}
${chain("outwards", outwards(policy))}
${chain("inwards", inwards(policy))}
${chain("forward", base("forward", "outwards"))}
${chain("input", base("input", "inwards"))}
}
`;
}

/** From a lease to anywhere that is not this machine. */
function outwards(policy: EgressPolicy): readonly string[] {
  const { resolvers, allowed } = policy;
  const bytes = bytesPerSecond(policy);
  return [
    `oifname ${LEASES} fib daddr . iif oif exists accept`,
    `update @sent { iifname limit rate over ${bytes} bytes/second burst ${bytes} bytes } counter drop`,
    "ct direction reply accept",
    `oifname ${LEASES} counter drop`,
    "ct state invalid counter drop",
    ...resolving(resolvers),
    `tcp dport { ${MAIL_PORTS.join(", ")} } counter drop`,
    ...towards(METADATA, "counter drop"),
    ...towards(allowed, "goto limits"),
    ...towards(CLOSED, "counter drop"),
    "goto limits",
  ];
}

/** From a lease to this machine: answers, finding neighbours, and what is open by name. */
function inwards({ resolvers, allowed }: EgressPolicy): readonly string[] {
  return [
    "ct direction reply accept",
    "icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept",
    ...resolving(resolvers),
    ...towards(allowed.filter(isHost), "goto limits"),
    "counter drop",
  ];
}

function resolving(resolvers: readonly Cidr[]): readonly string[] {
  return towards(resolvers, `meta l4proto { tcp, udp } th dport ${DNS_PORT} goto limits`);
}

function towards(ranges: readonly Cidr[], verdict: string): readonly string[] {
  return FAMILIES.flatMap((family) => {
    const own = ofFamily(ranges, family).map(({ text }) => text);
    return own.length === 0 ? [] : [`${DADDR[family]} { ${own.join(", ")} } ${verdict}`];
  });
}

function base(hook: string, chain: string): readonly string[] {
  return [`type filter hook ${hook} priority ${PRIORITY}; policy accept;`, `iifname ${LEASES} jump ${chain}`];
}

function chain(name: string, rules: readonly string[]): string {
  return `  chain ${name} {\n${rules.map((rule) => `    ${rule}\n`).join("")}  }`;
}
