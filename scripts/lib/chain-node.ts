// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ANVIL = `${ROOT}node_modules/.bin/anvil`;
const HARDHAT = `${ROOT}node_modules/hardhat/dist/src/cli.js`;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 50;
const OUTPUT_TAIL = 4_000;

/**
 * A local chain of its own, chain id 31337 unless it is said otherwise, with unlocked and funded accounts. It is no part of the terminal's process group, so that Ctrl-C
 * leaves it up until its owner stops it.
 */
export interface ChainNode {
  readonly url: string;
  stop(): Promise<void>;
}

/** Rules and id of a chain that is not like the usual one. */
export interface ChainRules {
  readonly chainId?: number;
  readonly hardfork?: string;
  readonly blockGasLimit?: bigint;
  /** Seconds since 1970 at which the chain begins; else now. */
  readonly beginsAt?: number;
  /** So many of the newest states are kept, in memory; else anvil puts older ones on the disk. */
  readonly keptStates?: number;
}

/** A block for every transaction, none in between. Throws where the optional package of anvil is not installed. */
export function startAnvil({
  chainId = 31_337,
  hardfork = "prague",
  blockGasLimit = 30_000_000n,
  beginsAt,
  keptStates,
}: ChainRules = {}): Promise<ChainNode> {
  if (!existsSync(ANVIL))
    throw new Error("anvil is not installed for this platform; startChainNode() falls back");
  const limit = ["--gas-limit", String(blockGasLimit)];
  const begin = beginsAt === undefined ? [] : ["--timestamp", String(beginsAt)];
  const kept = keptStates === undefined ? [] : ["--prune-history", String(keptStates)];
  const rules = ["--chain-id", String(chainId), "--hardfork", hardfork, ...limit, ...begin, ...kept];
  return startNode(ANVIL, (port) => ["--port", String(port), ...rules, "--silent"], ROOT);
}

/** `hardhat node` on the network `devnet`: a block for every transaction, and one each second. */
export function startHardhatNode(): Promise<ChainNode> {
  const args = (port: number): string[] => [HARDHAT, "node", "--network", "devnet", "--port", String(port)];
  return startNode(process.execPath, args, ROOT);
}

/** Anvil where it is installed, else `hardhat node`: for tests that need any real node. */
export function startChainNode(): Promise<ChainNode> {
  return existsSync(ANVIL) ? startAnvil() : startHardhatNode();
}

async function startNode(command: string, args: (port: number) => string[], cwd: string): Promise<ChainNode> {
  const port = await freePort();
  const child = spawn(command, args(port), { cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const tail = collectTail(child);
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const node: ChainNode = {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill("SIGTERM");
      const forced = setTimeout(kill, STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(forced);
      process.removeListener("exit", kill);
    },
  };
  try {
    await answers(node.url, child, tail);
    return node;
  } catch (error) {
    await node.stop();
    throw error;
  }
}

function collectTail(child: ChildProcess): () => string {
  let output = "";
  const append = (chunk: Buffer): void => {
    output = (output + chunk.toString("utf8")).slice(-OUTPUT_TAIL);
  };
  child.stdout?.on("data", append);
  child.stderr?.on("data", append);
  child.once("error", (error) => append(Buffer.from(error.message)));
  return () => output;
}

async function answers(url: string, child: ChildProcess, tail: () => string): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break;
    if (await hasChain(url)) return;
    await sleep(POLL_MS);
  }
  throw new Error(`the chain node at ${url} did not come up:\n${tail()}`);
}

async function hasChain(url: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const headers = { "content-type": "application/json" };
  try {
    return (await fetch(url, { method: "POST", headers, body })).ok;
  } catch {
    return false;
  }
}
