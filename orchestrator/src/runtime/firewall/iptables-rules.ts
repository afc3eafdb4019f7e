// SPDX-License-Identifier: Apache-2.0
import { isHost, ofFamily, type Cidr, type Family } from "../../domain/cidr.ts";
import { CLOSED, METADATA } from "../../domain/egress.ts";
import { BRIDGE_PREFIX } from "../../domain/names.ts";
import { bytesPerSecond, DNS_PORT, LEASE_PREFIX, LIMITS, MAIL_PORTS, type EgressPolicy } from "./policy.ts";

/** Passed by every packet before `filter`, where Docker and others put their chains in whatever order they start. */
export const TABLE = "mangle";

const LEASES = `${BRIDGE_PREFIX}+`;
const CHAINS = { outwards: "BERTH-OUTWARDS", inwards: "BERTH-INWARDS", limits: "BERTH-LIMITS" } as const;
const HOOKS = [
  ["FORWARD", CHAINS.outwards],
  ["INPUT", CHAINS.inwards],
] as const;
/** The first packet of a connection: one that nobody answers stays NEW, and would count with each of its packets. */
const FIRST = "-m conntrack --ctstate NEW ! --ctstatus CONFIRMED";
const ANSWER = "-m conntrack --ctdir REPLY -j ACCEPT";
const LIMITED = `-g ${CHAINS.limits}`;
/** Finding the gateway, and being found by it: without these an IPv6 network has no way out. */
const NEIGHBOURS = ["router-solicitation", "neighbour-solicitation", "neighbour-advertisement"];

/**
 * Input for `iptables-restore --noflush` of one family: Berth's chains take the place of those before in one step, and the jumps to
 * them stand first. `standing`: what `iptables -t mangle -S` says now.
 */
export function iptablesRules(policy: EgressPolicy, family: Family, standing: string): string {
  const lines = standing.split("\n");
  const old = HOOKS.flatMap(([hook, chain]) =>
    lines.filter((line) => line.startsWith(`-A ${hook} `) && line.endsWith(` ${chain}`)),
  );
  return [
    `*${TABLE}`,
    ...Object.values(CHAINS).map((chain) => `:${chain} - [0:0]`),
    ...old.map((line) => line.replace(/^-A/, "-D")),
    ...HOOKS.map(([hook, chain]) => `-I ${hook} 1 -i ${LEASES} -j ${chain}`),
    ...outwards(policy, family).map((rule) => `-A ${CHAINS.outwards} ${rule}`),
    ...inwards(policy, family).map((rule) => `-A ${CHAINS.inwards} ${rule}`),
    ...limits(family).map((rule) => `-A ${CHAINS.limits} ${rule}`),
    "COMMIT",
    "",
  ].join("\n");
}

/** What of `iptables -t mangle -S` must stay as it is: Berth's chains, and what stands first where packets come in. */
export function ownPart(standing: string): string {
  const lines = standing.split("\n");
  const first = HOOKS.map(([hook]) => lines.find((line) => line.startsWith(`-A ${hook} `)) ?? "");
  const chains: readonly string[] = Object.values(CHAINS);
  return [...first, ...lines.filter((line) => chains.some((chain) => line.includes(` ${chain}`)))].join("\n");
}

function outwards(policy: EgressPolicy, family: Family): readonly string[] {
  const { resolvers, allowed, bridged } = policy;
  return [
    ...(bridged.includes(family) ? [`-o ${LEASES} -m physdev --physdev-is-bridged -j ACCEPT`] : []),
    sent(policy, family),
    ANSWER,
    `-o ${LEASES} -j DROP`,
    "-m conntrack --ctstate INVALID -j DROP",
    ...resolving(resolvers, family),
    `-p tcp -m multiport --dports ${MAIL_PORTS.join(",")} -j DROP`,
    ...towards(METADATA, family, "-j DROP"),
    ...towards(allowed, family, LIMITED),
    ...towards(CLOSED, family, "-j DROP"),
    LIMITED,
  ];
}

function inwards({ resolvers, allowed }: EgressPolicy, family: Family): readonly string[] {
  const neighbours = NEIGHBOURS.map(
    (type) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${type} -m hl --hl-eq 255 -j ACCEPT`,
  );
  return [
    ANSWER,
    ...(family === 6 ? neighbours : []),
    ...resolving(resolvers, family),
    ...towards(allowed.filter(isHost), family, LIMITED),
    "-j DROP",
  ];
}

/** What is not given at once is a second's worth. The kernel keeps the rate of a name that it knows, so that each rate has a name of its own. */
function sent(policy: EgressPolicy, family: Family): string {
  const rate = `--hashlimit-above ${bytesPerSecond(policy)}b/s`;
  return `-m hashlimit ${rate} ${eachLease(family, `${BRIDGE_PREFIX}${family}-${policy.mbit}`)} -j DROP`;
}

/** A lease is told by its range of addresses, which is its alone: these modules count by address only. */
function eachLease(family: Family, name: string): string {
  return `--hashlimit-mode srcip --hashlimit-srcmask ${LEASE_PREFIX[family]} --hashlimit-name ${name}`;
}

function limits(family: Family): readonly string[] {
  const { perSecond, burst, open } = LIMITS;
  const prefix = LEASE_PREFIX[family];
  const rate = `--hashlimit-above ${perSecond}/sec --hashlimit-burst ${burst}`;
  return [
    `${FIRST} -m hashlimit ${rate} ${eachLease(family, `${BRIDGE_PREFIX}${family}`)} -j DROP`,
    `${FIRST} -m connlimit --connlimit-above ${open} --connlimit-mask ${prefix} --connlimit-saddr -j DROP`,
  ];
}

function resolving(resolvers: readonly Cidr[], family: Family): readonly string[] {
  return ["udp", "tcp"].flatMap((protocol) =>
    towards(resolvers, family, `-p ${protocol} --dport ${DNS_PORT} ${LIMITED}`),
  );
}

function towards(ranges: readonly Cidr[], family: Family, verdict: string): readonly string[] {
  return ofFamily(ranges, family).map(({ text }) => `-d ${text} ${verdict}`);
}
