// SPDX-License-Identifier: Apache-2.0
import { network } from "hardhat";
import type { Address } from "../model/state.ts";
import { probeInput, PROBER, PROBER_CODE, type Reading } from "./prober.ts";

const GAS = "0xe4e1c0";
const READING_GAS = "0x1000000";
const GAS_PRICE = "0x2540be400";

/** A log as the chain keeps it. */
export interface Log {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** How a transaction ended: with logs, or with the data of its revert. */
export type Mined = { readonly logs: readonly Log[] } | { readonly revert: string };

const connection = await network.create({
  override: { allowBlocksWithSameTimestamp: true, allowUnlimitedContractSize: true, gas: 16_000_000n },
});

/** The connection's ethers, for deployments. */
export const { ethers } = connection;

function request(method: string, params: readonly unknown[]): Promise<unknown> {
  return connection.provider.request({ method, params: [...params] });
}

/** Puts the prober where readings expect it. */
export async function installProber(): Promise<void> {
  await request("hardhat_setCode", [PROBER, PROBER_CODE]);
}

/** Mines one block at a time with one transaction in it. */
export async function sendAt(time: bigint, from: Address, to: Address, data: string): Promise<Mined> {
  await request("evm_setNextBlockTimestamp", [Number(time)]);
  const transaction = { from, to, data, gas: GAS, gasPrice: GAS_PRICE };
  let hash: unknown;
  try {
    hash = await request("eth_sendTransaction", [transaction]);
  } catch (error) {
    const { data: revert } = error as { data?: unknown };
    if (typeof revert !== "string") throw error;
    return { revert };
  }
  return (await request("eth_getTransactionReceipt", [hash])) as { logs: readonly Log[] };
}

/** The answers to a list of readings at the latest block, put together. */
export async function probe(readings: readonly Reading[]): Promise<string> {
  const call = { to: PROBER, data: probeInput(readings), gas: READING_GAS };
  return (await request("eth_call", [call, "latest"])) as string;
}

/** Remembers the chain as it is; one snapshot goes back once. */
export async function takeSnapshot(): Promise<string> {
  return (await request("evm_snapshot", [])) as string;
}

export async function goBackTo(snapshot: string): Promise<void> {
  await request("evm_revert", [snapshot]);
}

/** The time of the latest block, in seconds since 1970. */
export async function latestTime(): Promise<bigint> {
  const { timestamp } = (await request("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
  return BigInt(timestamp);
}
