// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { getAddress, type Address } from "viem";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HARDHAT = `${ROOT}node_modules/hardhat/dist/src/cli.js`;
const OUTPUT_TAIL = 4_000;

/** Contracts of a local market. */
export interface LocalContracts {
  readonly market: Address;
  readonly token: Address;
}

/** Deploys the market and a mock dollar through Ignition; `id` names the deployment, whose traces are removed again. */
export async function deployLocalMarket(rpcUrl: string, id: string): Promise<LocalContracts> {
  const folder = `${ROOT}deploy/deployments/${id}`;
  const parameters = ["--parameters", "deploy/parameters/production.json"];
  const place = ["--network", "local", "--deployment-id", id, "--build-profile", "default"];
  try {
    await runHardhat(
      ["ignition", "deploy", "deploy/modules/LocalMarket.ts", ...parameters, ...place],
      rpcUrl,
    );
    const text = readFileSync(`${folder}/deployed_addresses.json`, "utf8");
    const addresses = JSON.parse(text) as Record<string, string>;
    return {
      market: getAddress(addresses["ComputeMarket#ComputeMarket"] ?? ""),
      token: getAddress(addresses["LocalMarket#MockUSD"] ?? ""),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runHardhat(args: readonly string[], rpcUrl: string): Promise<void> {
  const env = { ...process.env, BERTH_RPC_URL: rpcUrl, HARDHAT_IGNITION_CONFIRM_DEPLOYMENT: "true" };
  const child = spawn(process.execPath, [HARDHAT, ...args], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const append = (chunk: Buffer): void => {
    output = (output + chunk.toString("utf8")).slice(-OUTPUT_TAIL);
  };
  child.stdout.on("data", append);
  child.stderr.on("data", append);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`hardhat ${args[0]} ${args[1]} ended with ${code}:\n${output}`));
    });
  });
}
