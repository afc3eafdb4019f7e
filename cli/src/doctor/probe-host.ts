// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type HostCapabilities, hostCapabilitiesSchema, PermanentError, RetryableError } from "@berth/sdk";
import { z } from "zod";
import type { Config } from "../config/config.ts";
import { daemonProgram } from "../config/daemon-program.ts";
import { environmentName } from "../config/settings.ts";

const run = promisify(execFile);
const LIMIT_MS = 150_000;
const refusalSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), next: z.string() }),
});

/** Measures this machine as the daemon does, by the daemon's own probe. RetryableError E_HOST_NOT_MEASURED. */
export async function probeHost(config: Config, signal: AbortSignal): Promise<HostCapabilities> {
  const told: unknown = JSON.parse(await outputOf(environmentOf(config), signal));
  const refusal = refusalSchema.safeParse(told);
  if (refusal.success) throw notMeasured(refusal.data.error.message, refusal.data.error.next);
  const measured = hostCapabilitiesSchema.safeParse(told);
  if (measured.success) return measured.data;
  throw new PermanentError(
    "E_HOST_NOT_MEASURED",
    "The daemon's package measures the machine in another form.",
    {
      atRisk: "nothing: nothing was changed",
      next: "Install the daemon and this program in the same version.",
    },
  );
}

/** What the probe needs, and no key: it runs programs. */
function environmentOf(config: Config): Record<string, string> {
  const { environment } = config.sources;
  const handed = ["PATH", "TMPDIR", "DOCKER_HOST"].map((name) => [name, environment[name]] as const);
  const settings = (["dockerSocket", "subnetPool"] as const).map(
    (key) => [environmentName(key), config.get(key)] as const,
  );
  return Object.fromEntries(
    [...handed, ...settings].filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** A program that fails says why on the same channel. */
async function outputOf(env: Record<string, string>, signal: AbortSignal): Promise<string> {
  const program = [...daemonProgram("./probe")];
  try {
    return (await run(process.execPath, program, { env, signal, timeout: LIMIT_MS })).stdout;
  } catch (error) {
    signal.throwIfAborted();
    const said = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
    if (said.startsWith("{")) return said;
    throw notMeasured(
      String(error),
      "Run it again; if that does not help, look at the machine with `docker info`.",
    );
  }
}

function notMeasured(why: string, next: string): RetryableError {
  const risk = "nothing: what this machine can enforce is not known";
  return new RetryableError("E_HOST_NOT_MEASURED", `This machine could not be measured: ${why}`, {
    atRisk: risk,
    next,
  });
}
