// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A line of the demonstration's output. */
export type Line = Readonly<Record<string, unknown>>;

export interface Demonstration {
  /** Resolves with the first line that is as wanted; fails where the output ends without one. */
  line(wanted: (line: Line) => boolean): Promise<Line>;
  /** What Ctrl-C does: a signal to every process of the group. */
  interrupt(): void;
  /** Reads no more of its output, as `head` does, or a `tee` that is interrupted too. */
  hangUp(): void;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly lines: readonly Line[];
    readonly stderr: string;
  }>;
}

/** Runs `npm start --silent -- ...`; every line on its standard output must be JSON. */
export function startNpmStart(...flags: readonly string[]): Demonstration {
  const args = ["start", "--silent", "--", ...flags];
  const child = spawn("npm", args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const lines: Line[] = [];
  const wishes = new Set<() => void>();
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  const output = createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(JSON.parse(text) as Line);
    for (const look of wishes) look();
  });
  const closed = once(output, "close").then(() => {
    for (const look of wishes) look();
  });
  const ended = Promise.all([once(child, "exit"), closed]).then(([[code]]) => ({
    code: code as number | null,
    lines,
    stderr,
  }));
  const line = (wanted: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find(wanted);
        if (found !== undefined) resolve(found);
      };
      wishes.add(look);
      look();
      void ended.then(() => reject(new Error(`the output ended without it:\n${stderr}`)));
    });
  const interrupt = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  };
  const hangUp = (): void => {
    child.stdout.destroy();
    output.close();
  };
  return { line, interrupt, hangUp, ended };
}
