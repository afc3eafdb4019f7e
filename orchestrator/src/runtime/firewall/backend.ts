// SPDX-License-Identifier: Apache-2.0
import type { Family } from "../../domain/cidr.ts";
import { failed, missing } from "./errors.ts";
import { iptablesRules, ownPart, TABLE as MANGLE } from "./iptables-rules.ts";
import { nftRules, TABLE } from "./nft-rules.ts";
import type { EgressPolicy } from "./policy.ts";
import type { Shell } from "./shell.ts";

/** What puts rules in force and shows which are. */
export interface Backend {
  readonly name: "nftables" | "iptables";
  /** Puts the policy's rules in the place of whatever stands. */
  apply(policy: EgressPolicy, signal: AbortSignal): Promise<void>;
  /** Berth's rules as they stand, in the program's own words without counters; empty where there are none. */
  listing(policy: EgressPolicy, signal: AbortSignal): Promise<string>;
}

/** What a program answers that was to start one that is not there. */
const NO_PROGRAM = 127;

/** nftables where this machine's kernel and programs have it, else iptables. PermanentError E_FIREWALL_MISSING, E_FIREWALL_DENIED. */
export async function chooseBackend(shell: Shell, signal: AbortSignal): Promise<Backend> {
  const nft = await shell.run(["nft", "list", "tables"], signal);
  if (nft.code === 0) return nftables(shell);
  const iptables = await shell.run(["iptables", "-t", MANGLE, "-S"], signal);
  if (iptables.code === 0) return iptablesBackend(shell);
  const refusal = [nft, iptables].find(({ code }) => code !== null && code !== NO_PROGRAM);
  throw refusal === undefined ? missing() : failed("look at the firewall", refusal);
}

export function nftables(shell: Shell): Backend {
  return {
    name: "nftables",
    async apply(policy, signal) {
      const ran = await shell.run(["nft", "-f", "-"], signal, nftRules(policy));
      if (ran.code !== 0) throw failed("put the rules of nftables in force", ran);
    },
    async listing(_policy, signal) {
      const ran = await shell.run(["nft", "-s", "-t", "list", "table", "inet", TABLE], signal);
      if (ran.code === 0) return ran.stdout;
      if (/no such file/i.test(ran.stderr)) return "";
      throw failed("look at the rules of nftables", ran);
    },
  };
}

const PROGRAMS: Readonly<Record<Family, string>> = { 4: "iptables", 6: "ip6tables" };

export function iptablesBackend(shell: Shell): Backend {
  const standing = async (family: Family, signal: AbortSignal): Promise<string> => {
    const ran = await shell.run([PROGRAMS[family], "-w", "5", "-t", MANGLE, "-S"], signal);
    if (ran.code !== 0) throw failed(`look at the rules of ${PROGRAMS[family]}`, ran);
    return ran.stdout;
  };
  return {
    name: "iptables",
    async apply(policy, signal) {
      for (const family of policy.families) {
        const rules = iptablesRules(policy, family, await standing(family, signal));
        const restore = [`${PROGRAMS[family]}-restore`, "-w", "5", "--noflush"];
        const ran = await shell.run(restore, signal, rules);
        if (ran.code !== 0) throw failed(`put the rules of ${PROGRAMS[family]} in force`, ran);
      }
    },
    async listing({ families }, signal) {
      const parts: string[] = [];
      for (const family of families) parts.push(ownPart(await standing(family, signal)));
      return parts.join("\n");
    },
  };
}
