// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { z } from "zod";
import type { DaemonWord, FirewallTool } from "./judge-firewall.ts";

const LIMIT_MS = 5_000;
const PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
const checks = z.array(z.object({ check: z.string(), what: z.string(), next: z.string() }));
const readyzSchema = z.object({ failing: checks, unknown: checks, warnings: checks });

/** What this machine has to make a firewall with, and whether we may look at it. Changes nothing. */
export async function probeFirewallTool(signal: AbortSignal): Promise<FirewallTool> {
  if (process.platform !== "linux") return "elsewhere";
  const nft = await tried("nft", ["list", "tables"], signal);
  if (nft === "works") return "nftables";
  const iptables = await tried("iptables", ["-t", "mangle", "-S"], signal);
  if (iptables === "works") return "iptables";
  return nft === "absent" && iptables === "absent" ? "missing" : "denied";
}

/** What the running daemon says of its firewall; null where none answers, or one that says nothing of it. */
export async function askDaemon(host: string, port: number, signal: AbortSignal): Promise<DaemonWord | null> {
  const address = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}/readyz`;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
    const response = await fetch(address, { signal: limit, redirect: "error" });
    const { failing, unknown, warnings } = readyzSchema.parse(await response.json());
    const of = (list: z.infer<typeof checks>) => list.find(({ check }) => check === "egress");
    const ill = of(failing) ?? of(unknown);
    if (ill !== undefined) return { state: "failing", what: ill.what, next: ill.next };
    const warned = of(warnings);
    return warned === undefined
      ? { state: "ok", what: "", next: "" }
      : { state: "warning", what: warned.what, next: warned.next };
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

function tried(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<"works" | "fails" | "absent"> {
  return new Promise((resolve) => {
    const options = { signal, timeout: LIMIT_MS, env: { PATH } };
    execFile(program, [...args], options, (error) => {
      if (error === null) resolve("works");
      else resolve("code" in error && error.code === "ENOENT" ? "absent" : "fails");
    });
  });
}
