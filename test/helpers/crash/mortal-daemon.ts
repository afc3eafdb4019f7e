// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { CrashPoint } from "../../../orchestrator/src/crashpoint.ts";
import { spawnOrchestrator, startOrchestrator } from "../../../scripts/demonstration/orchestrator.ts";
import type { Stage } from "../../../scripts/demonstration/stage.ts";

/** What a daemon is started with besides the usual. */
export interface Settings {
  readonly reportIntervalSeconds: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** As rarely as a provider may: while a test lasts, no report is due that the test does not want. */
export const RARELY: Settings = { reportIntervalSeconds: 300 };
export const OFTEN: Settings = { reportIntervalSeconds: 2 };
export const TAKING_OVER: Settings = { ...RARELY, environment: { BERTH_TAKEOVER: "true" } };

/** With a token so dear that every settlement pays, and an hour that is over in a second. */
export function settling({ local }: Stage): Settings {
  const hour = new URL("./hurried-hour.js", import.meta.url).href;
  const price = `${local.contracts.token}=${10n ** 24n}`;
  return {
    ...RARELY,
    environment: { BERTH_TOKEN_PRICES: price, NODE_OPTIONS: `--import=${hour}` },
  };
}

const PATIENCE_MS = 90_000;
const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/crash-points", import.meta.url));

/** A daemon that is to die at a point. */
export interface MortalDaemon {
  readonly hasDied: () => boolean;
  /** Resolves once it has died at its point, and fails where it ended any other way, or never. */
  readonly dead: () => Promise<void>;
}

/** The mortal daemon of a test, which has one at a time. */
let mortal: ChildProcess | null = null;

/** Starts a daemon that kills itself when it comes to a point, the first time or a later one; waits for nothing. */
export function startMortal(
  { daemon }: Stage,
  point: CrashPoint,
  settings: Settings,
  time = 1,
): MortalDaemon {
  const environment = { ...surroundings(settings), BERTH_CRASHPOINT: `${point}:${time}` };
  const { process: child, exited, log } = spawnOrchestrator({ ...daemon, ...settings, environment });
  mortal = child;
  return {
    hasDied: () => child.exitCode !== null || child.signalCode !== null,
    dead: async () => {
      const late = delay(PATIENCE_MS, "late", { ref: false });
      if ((await Promise.race([exited, late])) === "late")
        throw new Error(`the daemon never came to ${point}:\n${log()}`);
      expect(child.signalCode, log()).to.equal("SIGKILL");
      expect(log().trimEnd().split("\n").at(-1)).to.equal(JSON.stringify({ crashpoint: point }));
    },
  };
}

/** Ends the mortal daemon of a test that failed before it died. */
export function endMortal(): void {
  mortal?.kill("SIGKILL");
}

/** Starts a daemon that is not armed, and resolves once it is ready. */
export async function startImmortal(stage: Stage, settings: Settings): Promise<void> {
  stage.orchestrator = await startOrchestrator({
    ...stage.daemon,
    ...settings,
    environment: surroundings(settings),
  });
}

/** Stops the daemon that runs; it must go of its own accord. */
export async function stopImmortal({ orchestrator }: Stage): Promise<void> {
  const { process: child } = orchestrator;
  if (child.exitCode !== null) return;
  await orchestrator.stop();
  expect(child.exitCode, orchestrator.log()).to.equal(0);
}

/** Compiled code is kept between starts, of which there are many. */
function surroundings({ environment }: Settings): Readonly<Record<string, string>> {
  return { NODE_COMPILE_CACHE: CACHE, ...environment };
}
