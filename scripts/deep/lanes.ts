// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import type { Step } from "./parts.ts";

const TAIL = 60;

/** How a command ended, and the last it said where it was not shown. */
export interface Ended {
  readonly passed: boolean;
  readonly seconds: number;
  readonly tail: string;
}

/** Runs a command to its end; what it says is shown as it comes, or kept. */
export async function runStep({ command, env }: Step, shown: boolean): Promise<Ended> {
  const startedAt = performance.now();
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", shown ? "inherit" : "pipe", shown ? "inherit" : "pipe"],
  });
  let said: string[] = [];
  const keep = (chunk: Buffer): void => {
    said = [...said, ...chunk.toString("utf8").split("\n")].slice(-TAIL);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const passed = await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
  return { passed, seconds: Math.round((performance.now() - startedAt) / 1000), tail: said.join("\n") };
}

/** Does all of something, so many at a time. */
export async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
