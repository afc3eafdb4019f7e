// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Contract, JsonRpcProvider } from "ethers";

const ROOT = resolve(import.meta.dirname, "..", "..");
const BIN = resolve(ROOT, "node_modules", ".bin");
const LIMIT_MS = 120_000;
const MARKET_ABI = [
  "function LAPSE_PERIOD() view returns (uint256)",
  "function DISPUTE_WINDOW() view returns (uint256)",
  "function RULING_PERIOD() view returns (uint256)",
  "function leaseCount() view returns (uint256)",
];
const TOKEN_ABI = ["function decimals() view returns (uint8)"];

/** The local nodes that a deployment must work against, each with the command that starts it on a port. */
const NODES: Record<string, (port: number) => string[]> = {
  anvil: (port) => ["anvil", "--port", String(port), "--silent"],
  "hardhat node": (port) => ["hardhat", "node", "--port", String(port), "--network", "devnet"],
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given out");
  return address.port;
}

function start(command: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const [tool = "", ...args] = command;
  return spawn(resolve(BIN, tool), args, {
    cwd: ROOT,
    env: { ...process.env, PATH: `${BIN}:${process.env["PATH"]}`, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, "SIGKILL");
  await once(child, "close");
}

async function answers(url: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const request = { method: "POST", headers: { "content-type": "application/json" }, body };
  return fetch(url, request).then(
    (response) => response.ok,
    () => false,
  );
}

async function waitUntilAnswers(url: string): Promise<void> {
  for (let left = LIMIT_MS; left > 0; left -= 100) {
    if (await answers(url)) return;
    await sleep(100);
  }
  throw new Error(`no node answered at ${url}`);
}

async function deployTo(url: string, deploymentId: string): Promise<string> {
  const module = "deploy/modules/LocalMarket.ts";
  const args = ["ignition", "deploy", module, "--network", "local", "--build-profile", "default"];
  const options = ["--parameters", "deploy/parameters/local.json", "--deployment-id", deploymentId];
  const child = start(["hardhat", ...args, ...options], { BERTH_RPC_URL: url });
  let output = "";
  child.stdout?.on("data", (chunk) => (output += String(chunk)));
  child.stderr?.on("data", (chunk) => (output += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  expect(code, output).to.equal(0);
  return output;
}

async function addressesIn(folder: string): Promise<Record<string, string>> {
  const file = await readFile(resolve(folder, "deployed_addresses.json"), "utf8");
  return JSON.parse(file) as Record<string, string>;
}

describe("deploy to a running node", function () {
  this.timeout(2 * LIMIT_MS);

  for (const [name, commandFor] of Object.entries(NODES)) {
    it(`puts market and dollar up on ${name}, once, and finds them again`, async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const deploymentId = `local-test-${port}`;
      const folder = resolve(ROOT, "deploy", "deployments", deploymentId);
      const node = start(commandFor(port));
      const provider = new JsonRpcProvider(url, 31_337, { staticNetwork: true });
      try {
        await waitUntilAnswers(url);
        await deployTo(url, deploymentId);
        const addresses = await addressesIn(folder);
        expect(Object.keys(addresses).sort()).to.deep.equal([
          "ComputeMarket#ComputeMarket",
          "LocalMarket#MockUSD",
        ]);
        const market = new Contract(addresses["ComputeMarket#ComputeMarket"] ?? "", MARKET_ABI, provider);
        const token = new Contract(addresses["LocalMarket#MockUSD"] ?? "", TOKEN_ABI, provider);
        expect(await market.getFunction("LAPSE_PERIOD")()).to.equal(3_600n);
        expect(await market.getFunction("DISPUTE_WINDOW")()).to.equal(1_800n);
        expect(await market.getFunction("RULING_PERIOD")()).to.equal(3_600n);
        expect(await market.getFunction("leaseCount")()).to.equal(0n);
        expect(await token.getFunction("decimals")()).to.equal(6n);
        expect(await deployTo(url, deploymentId)).to.match(/nothing new to deploy/i);
      } finally {
        provider.destroy();
        await stop(node);
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
});
