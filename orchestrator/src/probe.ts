// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { DEFAULT_SUBNET_POOL } from "./config/config.ts";
import { errorLine } from "./observability/error-line.ts";
import { createDockerHostProbe } from "./runtime/docker/probe/docker-host-probe.ts";

/** Measures this machine once and prints what it can enforce as a line of JSON: for the doctor, who knows no engine. */
const { BERTH_DOCKER_SOCKET: socketPath, BERTH_SUBNET_POOL: subnetPool } = process.env;
const probe = createDockerHostProbe({
  subnetPool: subnetPool || DEFAULT_SUBNET_POOL,
  ...(socketPath ? { socketPath } : {}),
});
try {
  const signal = AbortSignal.timeout(120_000);
  process.stdout.write(`${JSON.stringify(await probe.measure(signal))}\n`);
} catch (error) {
  const { code, message, next } =
    error instanceof BerthError ? error : { code: "", message: errorLine(error), next: "" };
  process.stdout.write(`${JSON.stringify({ error: { code, message, next } })}\n`);
  process.exitCode = 1;
}
