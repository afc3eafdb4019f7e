// SPDX-License-Identifier: Apache-2.0
import { network } from "hardhat";
import { encodeDeployData, encodeFunctionData, hexToNumber, numberToHex } from "viem";
import type { Abi, Address, Hash, Hex } from "viem";
import type { CompiledContract } from "./compile.ts";

/** What one transaction may use on a chain that bounds it. */
export const TRANSACTION_GAS = 16_777_216;
const BLOCK_GAS = 60_000_000;
const FIRST_SECOND = new Date("2030-01-01T00:00:00Z");

/** A deployed contract. */
export interface Contract {
  readonly address: Address;
  readonly abi: Abi;
}

/** A call that somebody sends. */
export interface Call {
  readonly from: Address;
  readonly to: Contract;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** A transaction that succeeded. */
export interface Mined {
  readonly hash: Hash;
  /** All it used, the 21,000 of every transaction included. */
  readonly gasUsed: number;
}

interface Receipt {
  readonly transactionHash: Hash;
  readonly gasUsed: Hex;
  readonly contractAddress: Address | null;
}

/**
 * A chain in this process with a clock of its own: two runs of the same transactions use the same gas. A transaction that reverts
 * throws its reason.
 */
export class GasChain {
  readonly #request: (method: string, params?: unknown[]) => Promise<unknown>;
  #now = FIRST_SECOND.getTime() / 1000;

  private constructor(request: (method: string, params?: unknown[]) => Promise<unknown>) {
    this.#request = request;
  }

  /** A chain with nothing on it, under the rules of a hardfork; for a draft it takes a contract of any size. */
  static async start(hardfork: string, draft: boolean): Promise<GasChain> {
    const { provider } = await network.create({
      override: {
        hardfork,
        allowUnlimitedContractSize: draft,
        blockGasLimit: BLOCK_GAS,
        initialDate: FIRST_SECOND,
      },
    });
    return new GasChain((method, params = []) => provider.request({ method, params }));
  }

  /** Unlocked accounts, funded for gas. */
  async accounts(): Promise<readonly Address[]> {
    return (await this.#request("eth_accounts")) as Address[];
  }

  async deploy(from: Address, { abi, bytecode }: CompiledContract, args: unknown[]): Promise<Contract> {
    const data = encodeDeployData({ abi, bytecode, args });
    const { contractAddress } = await this.#mine({ from, data });
    if (contractAddress === null) throw new Error("a deployment has an address");
    return { abi, address: contractAddress };
  }

  async send(call: Call): Promise<Mined> {
    const { transactionHash, gasUsed } = await this.#mine(transactionOf(call));
    return { hash: transactionHash, gasUsed: hexToNumber(gasUsed) };
  }

  /** The next block is this much later. */
  advance(seconds: number): void {
    this.#now += seconds;
  }

  /** What the virtual machine did in a transaction, step by step. */
  async trace(hash: Hash): Promise<unknown> {
    const options = { disableMemory: true, disableStack: true, disableStorage: true };
    return this.#request("debug_traceTransaction", [hash, options]);
  }

  async #mine(transaction: { from: Address; to?: Address; data: Hex }): Promise<Receipt> {
    await this.#request("evm_setNextBlockTimestamp", [this.#nextSecond()]);
    const hash = await this.#submit(transaction, TRANSACTION_GAS);
    return (await this.#request("eth_getTransactionReceipt", [hash])) as Receipt;
  }

  #submit(transaction: object, gas: number): Promise<unknown> {
    return this.#request("eth_sendTransaction", [{ ...transaction, gas: numberToHex(gas) }]);
  }

  #nextSecond(): string {
    this.#now += 1;
    return numberToHex(this.#now);
  }
}

function transactionOf({ from, to, name, args }: Call): { from: Address; to: Address; data: Hex } {
  return { from, to: to.address, data: encodeFunctionData({ abi: to.abi, functionName: name, args }) };
}
