// SPDX-License-Identifier: Apache-2.0
import { PermanentError, RetryableError } from "@berth/sdk";
import type { Ran } from "./shell.ts";

const AT_RISK = "no lease that runs; no new one is begun until the firewall is proved";

export function missing(): PermanentError {
  return new PermanentError("E_FIREWALL_MISSING", "This machine has neither nft nor iptables.", {
    atRisk: AT_RISK,
    next: "Install one of them: apt-get install nftables iproute2.",
  });
}

/** What a program that did not do as it was told comes to. */
export function failed(what: string, { code, stderr }: Ran): PermanentError | RetryableError {
  if (/not permitted|permission denied|must be root/i.test(stderr)) {
    return new PermanentError("E_FIREWALL_DENIED", `The daemon may not ${what}: ${oneLine(stderr)}`, {
      atRisk: AT_RISK,
      next: "Start the daemon as root, or with CAP_NET_ADMIN and CAP_SYS_ADMIN.",
    });
  }
  return new RetryableError("E_FIREWALL_FAILED", `Could not ${what} (${code}): ${oneLine(stderr)}`, {
    atRisk: AT_RISK,
    next: "It is tried again by itself; read what the program says.",
  });
}

/** The bridge that the engine made is not among this machine's interfaces. */
export function elsewhere(bridge: string): PermanentError {
  return new PermanentError(
    "E_ENGINE_ELSEWHERE",
    `The engine made the network ${bridge}, and this machine does not have it.`,
    {
      atRisk: AT_RISK,
      next: "Run the daemon on the engine's own Linux machine, outside of a container.",
    },
  );
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ").slice(0, 300);
}
