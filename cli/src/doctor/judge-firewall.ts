// SPDX-License-Identifier: Apache-2.0
import type { HostCapabilities } from "@berth/sdk";
import type { Finding } from "./finding.ts";
import { failing, ok, unknown, warning } from "./finding.ts";
import { DEVELOPMENT_CHAIN } from "./judge-chain.ts";

/** Whether this machine took the rules by either tool, as the daemon's own probe has measured it. */
export type FirewallTools = Pick<HostCapabilities, "nftables" | "iptables">;

/** A running daemon's own word on its firewall. */
export interface DaemonWord {
  readonly state: "ok" | "warning" | "failing";
  readonly what: string;
  readonly next: string;
}

export interface FirewallFact {
  /** As configured; null where nothing was said. */
  readonly mode: "required" | "off" | "unprotected" | null;
  readonly chainId: number;
  /** Null where it could not be measured. */
  readonly tools: FirewallTools | null;
  readonly daemon: DaemonWord | null;
}

const CHECK = "egress firewall";

/** Whether leases are, or can be, kept from this machine and its network. */
export function judgeFirewall({ mode, chainId, tools, daemon }: FirewallFact): Finding {
  const isLocal = chainId === DEVELOPMENT_CHAIN;
  if (mode === "off" && !isLocal) {
    return failing(
      CHECK,
      "off on a chain that strangers use: the daemon does not start",
      "BERTH_EGRESS_FIREWALL=required",
    );
  }
  if (mode === "unprotected") {
    const says = "unprotected: leases reach this machine and its network";
    return warning(CHECK, says, "BERTH_EGRESS_FIREWALL=required, then start the daemon anew");
  }
  if (mode !== "required" && isLocal) return ok(CHECK, `off, as on chain ${DEVELOPMENT_CHAIN} by default`);
  return daemon === null ? judgeTools(tools) : judgeWord(daemon, tools);
}

/** A daemon that runs knows more than its tools tell: it has made the probe, or has not. */
function judgeWord({ state, what, next }: DaemonWord, tools: FirewallTools | null): Finding {
  if (state === "failing") return failing(CHECK, what, next);
  if (state === "warning") return warning(CHECK, what, next);
  const tool = tools === null ? null : toolOf(tools);
  return ok(CHECK, `${tool === null ? "" : `${tool}, `}proved by the daemon that runs`);
}

function judgeTools(tools: FirewallTools | null): Finding {
  if (tools === null) return unknown(CHECK, "the machine could not be measured");
  const tool = toolOf(tools);
  if (tool !== null)
    return ok(CHECK, `${tool}; the daemon puts its rules in force and proves them when it starts`);
  const says = `no lease is begun. nftables ${tools.nftables.how}; iptables ${tools.iptables.how}`;
  if (/not permitted|permission denied/i.test(says))
    return warning(CHECK, says, "sudo berth provider doctor, and run the daemon as root");
  return failing(
    CHECK,
    says,
    "apt-get install nftables iproute2, and run the daemon on the engine's own Linux machine",
  );
}

function toolOf({ nftables, iptables }: FirewallTools): "nftables" | "iptables" | null {
  if (nftables.proven) return "nftables";
  return iptables.proven ? "iptables" : null;
}
