// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** Connects as often as it is told, one after the other, and tells the milliseconds until each was told a word. */
const PROGRAM = `
const net = require("node:net");
const [host, port] = process.argv.slice(1);
const once = () => new Promise((resolve, reject) => {
  const startedAt = performance.now();
  let said = "";
  net.connect({ host, port: Number(port), timeout: 20000 })
    .on("data", (data) => (said += data))
    .once("end", () => (said === "" ? reject(new Error("nothing was said")) : resolve(performance.now() - startedAt)))
    .once("timeout", () => reject(new Error("nothing was said in time")))
    .once("error", reject);
});
require("node:readline").createInterface({ input: process.stdin }).on("line", async (line) => {
  const taken = [];
  try {
    for (let left = Number(line); left > 0; left -= 1) taken.push(await once());
    console.log(JSON.stringify(taken));
  } catch (error) {
    console.log(JSON.stringify(String(error)));
  }
});`;

/** Measures how soon a workload answers, from a process of its own that stands where the words put it. */
export class LatencyProbe {
  readonly #child: ChildProcess;
  #waiting: { readonly take: (line: string) => void; readonly fail: (why: Error) => void } | null = null;

  constructor(before: readonly string[], host: string, port: number) {
    const [program = "", ...words] = [...before, process.execPath, "-e", PROGRAM, host, String(port)];
    this.#child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
    if (this.#child.stdout === null) throw new Error("no output to read");
    createInterface({ input: this.#child.stdout })
      .on("line", (line) => this.#waiting?.take(line))
      .once("close", () => this.#waiting?.fail(new Error("the probe ended")));
  }

  async measure(requests: number): Promise<readonly number[]> {
    if (this.#child.exitCode !== null) throw new Error("the probe has ended");
    const answer = new Promise<string>((resolve, reject) => {
      this.#waiting = { take: resolve, fail: reject };
    });
    this.#child.stdin?.write(`${requests}\n`);
    const told: unknown = JSON.parse(await answer);
    if (!Array.isArray(told)) throw new Error(`the neighbour does not answer: ${String(told)}`);
    return told as readonly number[];
  }

  close(): void {
    this.#child.kill();
  }
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
