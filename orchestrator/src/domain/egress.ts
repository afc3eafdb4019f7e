// SPDX-License-Identifier: Apache-2.0
import { cidrs, isWithin, parseCidr } from "./cidr.ts";
import type { Failure } from "./failure.ts";
import { unknown, well, type Finding } from "./health.ts";

/**
 * Whether leases are kept by a firewall from what is not theirs to reach. `off` is for a development chain alone; on any other one
 * only `unprotected` says so.
 */
export const EGRESS_MODES = ["required", "off", "unprotected"] as const;

export type EgressMode = (typeof EGRESS_MODES)[number];

/** A chain of somebody's own machine, where nobody is a stranger. */
const DEVELOPMENT_CHAIN = 31_337;

/** What holds where nothing was said. */
export function egressModeOf(said: EgressMode | null, chainId: number): EgressMode {
  return said ?? (chainId === DEVELOPMENT_CHAIN ? "off" : "required");
}

export function isRefused(mode: EgressMode, chainId: number): boolean {
  return mode === "off" && chainId !== DEVELOPMENT_CHAIN;
}

/** Whom a provider may let leases reach besides the internet: networks that are somebody's own. */
const OPENABLE = cidrs(
  "10.0.0.0/8",
  "100.64.0.0/10",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "fc00::/7",
);

/**
 * Nobody's, everybody's own, or not for one machine alone. Of IPv6 all that is not global is closed, and what holds an IPv4 address
 * inside, as a way round the rest. 192.0.2.0/24 is left out: nobody is there, and the probe stands on it.
 */
export const CLOSED = cidrs(
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/3",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "4000::/2",
  "8000::/1",
);

/** Where clouds tell a machine its secrets, inside and outside of the ranges above. Nothing opens them. */
export const METADATA = cidrs(
  "100.100.100.200/32",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "192.0.0.192/32",
  "fd00:ec2::/32",
  "fd20:ce::/32",
);

/** What is wrong with an entry of the allow list; null for one that stands. */
export function allowProblem(text: string): string | null {
  const range = parseCidr(text);
  if (range === null) return "is no range such as 10.1.2.0/24 or fd00:1::/64 that begins on its own boundary";
  if (METADATA.some((each) => isWithin(range, each))) return "is where a cloud keeps a machine's secrets";
  if (OPENABLE.some((each) => isWithin(range, each))) return null;
  return `is not inside one of ${OPENABLE.map((each) => each.text).join(", ")}: all else is open or stays closed`;
}

/** What the daemon knows of its firewall. `leaking` and `blocking` are what a probe found. */
export type EgressSight =
  | { readonly state: "off"; readonly mode: Exclude<EgressMode, "required"> }
  | { readonly state: "proved"; readonly backend: string }
  | { readonly state: "leaking" | "blocking"; readonly backend: string }
  | { readonly state: "unknown"; readonly code: string };

const UNPROVED: Failure = {
  code: "E_EGRESS_UNPROVED",
  message:
    "The firewall around the leases on the provider's machine is not proved to hold: he begins no new lease until it is. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

/** Why no new lease may be begun; null where the firewall is proved, or was switched off in so many words. */
export function egressObstacle({ state }: EgressSight): Failure | null {
  return state === "proved" || state === "off" ? null : UNPROVED;
}

const AT_RISK =
  "the provider's own network, of the leases that run: no new one is begun until this is mended; what runs goes on and is paid for";

export function judgeEgress(sight: EgressSight): Finding {
  switch (sight.state) {
    case "proved":
      return well(`Leases are kept from this machine and its network: ${sight.backend}, proved by a probe.`);
    case "off":
      return judgeOff(sight.mode);
    case "leaking":
      return {
        state: "failing",
        what: `A probe reached from a lease's network what must be closed, in spite of the rules (${sight.backend}).`,
        atRisk: AT_RISK,
        next: "See which other table lets it pass (`nft list ruleset`, `iptables-save`); the probe is made again by itself.",
      };
    case "blocking":
      return {
        state: "failing",
        what: `A probe from a lease's network did not reach what is open, so that nothing is proved (${sight.backend}).`,
        atRisk: AT_RISK,
        next: "See that the engine may forward (`sysctl net.ipv4.ip_forward`) and which table drops it (`nft list ruleset`, `iptables-save`).",
      };
    case "unknown":
      return { ...unknown(reasonOf(sight.code)), atRisk: AT_RISK, next: fixOf(sight.code) };
  }
}

function judgeOff(mode: "off" | "unprotected"): Finding {
  if (mode === "off") return well("The firewall around leases is off, as on a development chain.");
  return {
    state: "warning",
    what: "Leases reach this machine and its network: BERTH_EGRESS_FIREWALL is unprotected.",
    atRisk: "everything that this machine can reach: strangers' programs can too",
    next: "Set BERTH_EGRESS_FIREWALL=required and start the daemon as root.",
  };
}

const FIXES: Readonly<Record<string, readonly [string, string]>> = {
  E_FIREWALL_MISSING: [
    "this machine has neither nft nor iptables",
    "Install it: apt-get install nftables iproute2.",
  ],
  E_FIREWALL_DENIED: [
    "the daemon may not look at the firewall",
    "Start the daemon as root: it needs CAP_NET_ADMIN and CAP_SYS_ADMIN in the engine's own network.",
  ],
  E_PROBE_UNDER_WAY: ["a probe of the firewall is under way", "Nothing: it takes some ten seconds."],
  E_RUNTIME_FAILED: [
    "the engine could not make a network for the probe",
    "If its own rules were flushed, restart it: systemctl restart docker. With live-restore no container ends.",
  ],
  E_ENGINE_ELSEWHERE: [
    "the engine's networks are not on this machine",
    "Run the daemon on the engine's own Linux machine; in Docker Desktop no firewall can be proved.",
  ],
};

function reasonOf(code: string): string {
  const [reason] = FIXES[code] ?? ["the firewall could not be looked at"];
  return `${reason} (${code})`;
}

function fixOf(code: string): string {
  return FIXES[code]?.[1] ?? "Read the daemon's log for `egress`; it is looked at again by itself.";
}
