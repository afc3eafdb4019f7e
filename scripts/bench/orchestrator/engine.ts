// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "../../demonstration/cleanup.ts";

/** What is really so in the fake engine. */
export interface EngineCount {
  /** Workloads' containers whose processes live. */
  readonly running: number;
  /** Starts of workloads' containers so far. */
  readonly starts: number;
  /** Requests so far that were to stop, freeze or thaw a container. */
  readonly disturbances: number;
  /** All requests so far, by endpoint. */
  readonly requests: Readonly<Record<string, number>>;
}

export interface BenchEngine {
  readonly socketPath: string;
  count(): Promise<EngineCount>;
}

const PROCESS = fileURLToPath(new URL("engine-process.ts", import.meta.url));

/** Starts a fake engine in a process of its own, so that what it costs is not counted as the daemon's. */
export async function startBenchEngine(cleanup: Cleanup): Promise<BenchEngine> {
  const child = fork(PROCESS, { execArgv: ["--import", "tsx"] });
  const exited = once(child, "exit");
  cleanup.add(async () => {
    if (child.connected) child.disconnect();
    await exited;
  });
  const [socketPath] = (await once(child, "message")) as [string];
  return {
    socketPath,
    async count() {
      const answer = once(child, "message");
      child.send("count");
      const [count] = (await answer) as [EngineCount];
      return count;
    },
  };
}
