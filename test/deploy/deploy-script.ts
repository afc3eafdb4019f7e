// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..", "..");
const SCRIPT = resolve(ROOT, "scripts", "deploy.ts");

/** How a run of the deploy script ended. */
export interface DeployRun {
  readonly exitCode: number | null;
  /** Both streams, in the order in which they came. */
  readonly output: string;
}

/** Runs the script as `npm run deploy` does, with the quick compiler settings, and says yes where Ignition asks. */
export async function runDeploy(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<DeployRun> {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, "--build-profile", "default", ...args], {
    cwd: ROOT,
    env: { ...process.env, HARDHAT_IGNITION_CONFIRM_DEPLOYMENT: "true", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const append = (chunk: Buffer): void => void (output += chunk.toString("utf8"));
  child.stdout.on("data", append);
  child.stderr.on("data", append);
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, output };
}

/** The market's address in the records of a deployment. */
export async function recordedMarket(deploymentId: string): Promise<string> {
  const records = await readFile(resolve(recordsOf(deploymentId), "deployed_addresses.json"), "utf8");
  return (JSON.parse(records) as Record<string, string>)["ComputeMarket#ComputeMarket"] ?? "";
}

/** Takes the records of a deployment away. */
export async function forget(deploymentId: string): Promise<void> {
  await rm(recordsOf(deploymentId), { recursive: true, force: true });
}

function recordsOf(deploymentId: string): string {
  return resolve(ROOT, "deploy", "deployments", deploymentId);
}
