// SPDX-License-Identifier: Apache-2.0
import type { IsolationTier } from "@berth/sdk";
import { tierNotEnforced } from "../runtime-errors.ts";
import { isInfo } from "./answers.ts";
import { ask } from "./ask.ts";
import type { Engine } from "./client.ts";
import { get } from "./get.ts";

interface Info {
  readonly SecurityOptions: readonly string[] | null;
  readonly DockerRootDir?: string;
}

/** Whether the engine runs containers in a user namespace, with users of their own. */
export async function mapsUsers(engine: Engine, signal: AbortSignal): Promise<boolean> {
  const { SecurityOptions: options } = await infoOf(engine, signal);
  return (options ?? []).some((option) => /^name=userns\b/.test(option));
}

/** The machine's user who is root in containers: 0 unless users are mapped. An engine that maps them names its folder after him. */
export async function rootOutside(engine: Engine, signal: AbortSignal): Promise<number> {
  const { DockerRootDir: folder = "" } = await infoOf(engine, signal);
  return Number(/\/(\d+)\.\d+$/.exec(folder)?.[1] ?? 0);
}

function infoOf(engine: Engine, signal: AbortSignal): Promise<Info> {
  return ask(engine, {
    what: "ask whether users are mapped",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<Info>(engine, "/info", abortSignal),
    check: isInfo,
  });
}

/**
 * Before a container is made that counts on it: without, it would come out unmapped, and nobody would be told. PermanentError
 * E_TIER_NOT_ENFORCED.
 */
export function requireMapping(tier: IsolationTier, isMapped: boolean): void {
  if (tier !== "userns" || isMapped) return;
  throw tierNotEnforced(tier, "the engine maps no users");
}
