// SPDX-License-Identifier: Apache-2.0
import hre from "hardhat";
import { type ChainNode, startAnvil } from "../../scripts/lib/chain-node.ts";
import type { Address } from "../model/state.ts";
import { probeInput, PROBER, PROBER_CODE, type Reading, word } from "./prober.ts";

const BLOCK_GAS = 1_000_000_000_000n;
const CALL_GAS = "0xe4e1c0";
const READING_GAS = "0x3b9aca00";
const RICH = "0xffffffffffffffffffff";

/** A log as the chain keeps it. */
export interface Log {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** A transaction of somebody, without what a chain adds to it. */
export interface Transaction {
  readonly from: Address;
  readonly to: Address;
  readonly data: string;
}

/** A transaction in a block of a time, and what is read right after it. */
export interface Move extends Transaction {
  readonly time: bigint;
  readonly readings: readonly Reading[];
}

/** How a transaction ended: with logs, or with the data of its revert. */
export type Ending = { readonly logs: readonly Log[] } | { readonly revert: string };

/** How a move ended, and the answers to its readings, put together. */
export interface Played {
  readonly ending: Ending;
  readonly answers: string;
}

interface Simulated {
  readonly status: string;
  readonly returnData: string;
  readonly logs: readonly Log[];
}

interface Receipt {
  readonly status: string;
  readonly contractAddress: Address;
}

/** A chain of its own in another process. */
export class Chain {
  readonly #node: ChainNode;

  private constructor(node: ChainNode) {
    this.#node = node;
  }

  /** An empty chain on which everybody can send and pay. */
  static async start(accounts: readonly Address[]): Promise<Chain> {
    const chain = new Chain(await startAnvil({ blockGasLimit: BLOCK_GAS }));
    await chain.#request("anvil_autoImpersonateAccount", [true]);
    await chain.#request("anvil_setCode", [PROBER, PROBER_CODE]);
    for (const account of accounts) await chain.#request("anvil_setBalance", [account, RICH]);
    return chain;
  }

  /** Deploys a contract of the project and answers where it is. */
  async deploy(from: Address, name: string, args: readonly bigint[]): Promise<Address> {
    const { bytecode } = await hre.artifacts.readArtifact(name);
    const { contractAddress } = await this.#mine({ from, data: bytecode + args.map(word).join("") });
    return contractAddress.toLowerCase();
  }

  /** Mines a transaction in a block of its own; throws where it reverts. */
  async send(time: bigint, transaction: Transaction): Promise<void> {
    await this.#request("evm_setNextBlockTimestamp", [Number(time)]);
    await this.#mine(transaction);
  }

  /** Makes moves one after the other on top of the chain, and leaves no trace of them. */
  async play(moves: readonly Move[]): Promise<readonly Played[]> {
    const blocks = (await this.#request("eth_simulateV1", [
      { blockStateCalls: moves.map(blockOf), validation: false },
      "latest",
    ])) as readonly { readonly calls: readonly Simulated[] }[];
    return blocks.map(({ calls: [sent, read] }, index) => {
      if (sent === undefined) throw new Error(`move ${index} was not made`);
      const ending = sent.status === "0x1" ? { logs: sent.logs } : { revert: sent.returnData };
      return { ending, answers: read?.returnData ?? "0x" };
    });
  }

  /** The time of the latest block, in seconds since 1970. */
  async latestTime(): Promise<bigint> {
    const latest = await this.#request("eth_getBlockByNumber", ["latest", false]);
    return BigInt((latest as { timestamp: string }).timestamp);
  }

  async chainId(): Promise<bigint> {
    return BigInt((await this.#request("eth_chainId", [])) as string);
  }

  stop(): Promise<void> {
    return this.#node.stop();
  }

  async #mine(transaction: object): Promise<Receipt> {
    const hash = await this.#request("eth_sendTransaction", [{ ...transaction, gas: CALL_GAS }]);
    let receipt: unknown = null;
    while (receipt === null) receipt = await this.#request("eth_getTransactionReceipt", [hash]);
    if ((receipt as Receipt).status !== "0x1") throw new Error(`reverted: ${JSON.stringify(transaction)}`);
    return receipt as Receipt;
  }

  async #request(method: string, params: readonly unknown[]): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    const answer = (await (await fetch(this.#node.url, { method: "POST", headers, body })).json()) as {
      result?: unknown;
      error?: { message: string };
    };
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }
}

function blockOf({ time, from, to, data, readings }: Move): object {
  const sent = { from, to, data, gas: CALL_GAS };
  const read = { to: PROBER, data: probeInput(readings), gas: READING_GAS };
  return {
    blockOverrides: { time: `0x${time.toString(16)}` },
    calls: readings.length === 0 ? [sent] : [sent, read],
  };
}
