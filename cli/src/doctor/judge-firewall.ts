// SPDX-License-Identifier: Apache-2.0
import type { Finding } from "./finding.ts";
import { failing, ok, warning } from "./finding.ts";
import { DEVELOPMENT_CHAIN } from "./judge-chain.ts";

/** `denied`: there is one that only root may look at. `elsewhere`: a system on which Berth can make none. */
export type FirewallTool = "nftables" | "iptables" | "missing" | "denied" | "elsewhere";

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
  readonly tool: FirewallTool;
  readonly daemon: DaemonWord | null;
}

const CHECK = "egress firewall";

/** Whether leases are, or can be, kept from this machine and its network. */
export function judgeFirewall({ mode, chainId, tool, daemon }: FirewallFact): Finding {
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
  return daemon === null ? judgeTool(tool) : judgeWord(daemon, tool);
}

/** A daemon that runs knows more than its tools tell: it has made the probe, or has not. */
function judgeWord({ state, what, next }: DaemonWord, tool: FirewallTool): Finding {
  if (state === "failing") return failing(CHECK, what, next);
  if (state === "warning") return warning(CHECK, what, next);
  const by = tool === "nftables" || tool === "iptables" ? `${tool}, ` : "";
  return ok(CHECK, `${by}proved by the daemon that runs`);
}

function judgeTool(tool: FirewallTool): Finding {
  switch (tool) {
    case "nftables":
    case "iptables":
      return ok(CHECK, `${tool}; the daemon puts its rules in force and proves them when it starts`);
    case "missing":
      return failing(CHECK, "neither nft nor iptables is here", "apt-get install nftables iproute2");
    case "denied":
      return warning(
        CHECK,
        "only root may look at it, and a daemon that may not begins no lease",
        "sudo berth provider doctor, and run the daemon as root",
      );
    case "elsewhere":
      return failing(
        CHECK,
        "no firewall can be made on this system: no lease is begun",
        "run the daemon on the engine's own Linux machine",
      );
  }
}
