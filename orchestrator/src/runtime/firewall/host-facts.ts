// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { hostCidr, isWithin, cidrs, type Cidr, type Family } from "../../domain/cidr.ts";
import { hostFile } from "./host-file.ts";
import type { HostFacts } from "./policy.ts";
import type { Shell } from "./shell.ts";

const RESOLV_CONF = "/etc/resolv.conf";
/** Where the real name servers stand if the file above names nothing but systemd's own. */
const RESOLVED_CONF = "/run/systemd/resolve/resolv.conf";
const LOOPBACK = cidrs("127.0.0.0/8", "::1/128");
const BRIDGED: Readonly<Record<Family, string>> = {
  4: "/proc/sys/net/bridge/bridge-nf-call-iptables",
  6: "/proc/sys/net/bridge/bridge-nf-call-ip6tables",
};
/** Empty or not there on a machine that does not speak IPv6. */
const INTERFACES_6 = "/proc/net/if_inet6";
const FAMILIES: readonly Family[] = [4, 6];

/**
 * What the rules depend on besides what the provider says. Looked up each time: all of it can change while the machine runs. Throws where
 * it cannot be told: a family that is only not seen would be left without rules.
 */
export async function hostFacts(shell: Shell, signal: AbortSignal): Promise<HostFacts> {
  const bridged: Family[] = [];
  for (const family of FAMILIES) {
    if ((await hostFile(shell, BRIDGED[family], signal))?.trim() === "1") bridged.push(family);
  }
  const families: readonly Family[] = (await hostFile(shell, INTERFACES_6, signal)) ? FAMILIES : [4];
  return { families, bridged, resolvers: await resolvers() };
}

/** The name servers that the engine hands to a lease's network: those of this machine, but for what is reached on it alone. */
async function resolvers(): Promise<readonly Cidr[]> {
  const [own, real] = [await nameServers(RESOLV_CONF), await nameServers(RESOLVED_CONF)];
  return own.length > 0 ? own : real;
}

async function nameServers(path: string): Promise<readonly Cidr[]> {
  return nameServersOf(await readFile(path, "utf8").catch(() => ""));
}

/** The addresses of a resolv.conf that are reached from elsewhere too, each once and in order. */
export function nameServersOf(text: string): readonly Cidr[] {
  const named = text.split("\n").flatMap((line) => /^nameserver\s+(\S+)\s*$/.exec(line)?.[1] ?? []);
  const servers = [...new Set(named)].sort().flatMap((address) => hostCidr(address) ?? []);
  return servers.filter((server) => !LOOPBACK.some((range) => isWithin(server, range)));
}
