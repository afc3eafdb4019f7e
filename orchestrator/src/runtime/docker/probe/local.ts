// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Proof } from "@berth/sdk";

const run = promisify(execFile);

const LIMIT_MS = 20_000;
const IMAGE_BYTES = 8 * 1024 * 1024;
/** Of the kinds that keep tenants apart: by address, by port, by number of connections, by their rate. */
const NFT_RULES = `table inet berth_probe {
  chain forward {
    type filter hook forward priority -10; policy accept;
    ip daddr 10.0.0.0/8 drop
    ip6 daddr fc00::/7 drop
    tcp dport { 25, 465, 587 } drop
    ct state new ct count over 2000 drop
    ct state new limit rate over 50/second drop
  }
}`;
const IPTABLES_RULES = [
  ["-N", "BERTH-PROBE"],
  ["-A", "BERTH-PROBE", "-d", "10.0.0.0/8", "-j", "DROP"],
  [
    "-A",
    "BERTH-PROBE",
    "-m",
    "conntrack",
    "--ctstate",
    "NEW",
    "-m",
    "limit",
    "--limit",
    "50/s",
    "-j",
    "ACCEPT",
  ],
  ["-A", "BERTH-PROBE", "-p", "tcp", "-m", "connlimit", "--connlimit-above", "2000", "-j", "DROP"],
];

/** Sets rules in a network namespace that nobody else is in. */
export function proveNftables(signal: AbortSignal): Promise<Proof> {
  const script = `nft -f - <<'RULES'\n${NFT_RULES}\nRULES`;
  return proof("nftables takes rules by address, port, count and rate", () =>
    sh(["unshare", "-n", "sh", "-c", script], signal),
  );
}

/** As `proveNftables`, for machines that have only the older tools. */
export function proveIptables(signal: AbortSignal): Promise<Proof> {
  const script = IPTABLES_RULES.map((rule) => `iptables ${rule.join(" ")}`).join(" && ");
  return proof("iptables takes rules by address, port, count and rate", () =>
    sh(["unshare", "-n", "sh", "-c", script], signal),
  );
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

/** What the program said last, which is where it says why. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  const lines = said === "" ? String(error instanceof Error ? error.message : error) : said;
  return lines.split("\n").at(-1)?.slice(0, 200) ?? "";
}
