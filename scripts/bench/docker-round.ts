// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { HELLO_IMAGE } from "../images/build-hello.ts";
import { freePort } from "../lib/free-port.ts";
import { awaitFirstAnswer } from "./first-answer.ts";

const run = promisify(execFile);

/** What a lease's container is bound by, in the engine's own words. */
const LIMITS = [
  ["--memory", "64m", "--memory-swap", "64m", "--cpus", "0.25", "--pids-limit", "256"],
  ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--tmpfs", "/tmp", "--init"],
].flat();

/**
 * Milliseconds from the spawn of `docker run -d -p` to the first answered request. The poll begins when the command has returned, as a
 * tenant's does when he has been told the port: a request that comes while the engine still wires the network is held up for a whole second,
 * which would flatter the lease.
 */
export async function timeDockerRun(signal: AbortSignal): Promise<number> {
  const port = await freePort();
  const name = `berth-bench-${port}`;
  const args = ["run", "-d", "--name", name, "-p", `127.0.0.1:${port}:8080`, ...LIMITS, HELLO_IMAGE];
  const startedAt = performance.now();
  const child = spawn("docker", args, { stdio: ["ignore", "ignore", "inherit"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await exited;
    await awaitFirstAnswer(`http://127.0.0.1:${port}`, signal);
    return Math.round(performance.now() - startedAt);
  } finally {
    await run("docker", ["rm", "-f", name]);
  }
}
