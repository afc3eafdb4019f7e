// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Proof } from "@berth/sdk";
import { cidrs, type Family } from "../../../domain/cidr.ts";
import { hostFacts } from "../../firewall/host-facts.ts";
import { iptablesRules } from "../../firewall/iptables-rules.ts";
import { nftRules } from "../../firewall/nft-rules.ts";
import type { EgressPolicy } from "../../firewall/policy.ts";
import { Shell } from "../../firewall/shell.ts";

const run = promisify(execFile);

const LIMIT_MS = 20_000;
const IMAGE_BYTES = 8 * 1024 * 1024;
/** All kinds of rules that a lease's firewall is made of. */
const POLICY: EgressPolicy = {
  ...{ families: [4, 6], bridged: [], mbit: 100 },
  allowed: cidrs("10.0.0.1/32", "fd00::1/128"),
  resolvers: cidrs("192.0.2.53/32", "2001:db8::53/128"),
};
const RESTORES: Readonly<Record<Family, string>> = { 4: "iptables-restore", 6: "ip6tables-restore" };
const APART = new Shell(["unshare", "-n"]);

/** Sets the rules of a lease's firewall, as they are, in a network namespace that nobody else is in. */
export function proveNftables(signal: AbortSignal): Promise<Proof> {
  return proof("nftables takes the rules by address, port, count, rate and bytes", () =>
    takes(["nft", "-f", "-"], nftRules(POLICY), signal),
  );
}

/** As `proveNftables`, for machines that have only the older tools. */
export function proveIptables(signal: AbortSignal): Promise<Proof> {
  return proof("iptables takes the rules by address, port, count, rate and bytes", async () => {
    const { families } = await hostFacts(new Shell(), signal);
    for (const family of families)
      await takes([RESTORES[family], "--noflush"], iptablesRules(POLICY, family, ""), signal);
  });
}

async function takes(words: readonly string[], rules: string, signal: AbortSignal): Promise<void> {
  const { code, stderr } = await APART.run(words, signal, rules);
  if (code !== 0) throw new Error(stderr.trim() || `${words[0]} did not end in time`);
}

/** Makes a small file into a file system, mounts it in a mount namespace that ends with it, and writes to it. */
export async function proveLoopVolumes(signal: AbortSignal): Promise<Proof> {
  const folder = await mkdtemp(join(tmpdir(), "berth-probe-"));
  const [image, place] = [join(folder, "image"), join(folder, "mounted")];
  const script = `mkfs.ext4 -q -F "$1" && mkdir "$2" && mount -o loop "$1" "$2" && echo written > "$2/file" && umount "$2"`;
  try {
    await writeFile(image, "");
    await truncate(image, IMAGE_BYTES);
    return await proof("a file was made into an ext4 file system, mounted and written", () =>
      sh(["unshare", "-m", "sh", "-c", script, "sh", image, place], signal),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sh([program = "", ...args]: readonly string[], signal: AbortSignal): Promise<void> {
  const PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  await run(program, args, { signal, timeout: LIMIT_MS, env: { ...process.env, PATH, LC_ALL: "C" } });
}

async function proof(how: string, attempt: () => Promise<void>): Promise<Proof> {
  try {
    await attempt();
    return { proven: true, how };
  } catch (error) {
    return { proven: false, how: `not proven: ${reasonOf(error)}` };
  }
}

/** What the program calls its error, or said last. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  const lines = (said === "" ? String(error instanceof Error ? error.message : error) : said).split("\n");
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? "").slice(0, 200);
}
