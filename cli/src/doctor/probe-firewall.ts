// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { DaemonWord } from "./judge-firewall.ts";

const LIMIT_MS = 5_000;
const checks = z.array(z.object({ check: z.string(), what: z.string(), next: z.string() }));
const readyzSchema = z.object({ failing: checks, unknown: checks, warnings: checks });

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
