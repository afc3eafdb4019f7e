// SPDX-License-Identifier: Apache-2.0
import { toBeHex } from "ethers";
import type { Address } from "../model/state.ts";

/** Where the prober lies on the chain. */
export const PROBER: Address = "0x00000000000000000000000000000000000b0b0b";

/**
 * A contract that makes every call of a list and answers what they answer, one after the other: while bytes of the
 * input are left, it takes 20 bytes of target, 2 bytes of length and as many bytes of input, calls, and appends.
 */
export const PROBER_CODE =
  "0x5f5f5b368210600b575ff35b81358060601c9060501c61ffff16808460160184375f5f8285855afa503d5f843e6016019050820191503d01600256";

/** One reading: whom to ask, what to ask, what must be answered. */
export interface Reading {
  readonly label: string;
  readonly target: Address;
  readonly data: string;
  readonly expected: readonly bigint[];
}

/** The prober's input for a list of readings. */
export function probeInput(readings: readonly Reading[]): string {
  const parts = readings.map(({ target, data }) => {
    const length = toBeHex((data.length - 2) / 2, 2).slice(2);
    return target.slice(2) + length + data.slice(2);
  });
  return "0x" + parts.join("");
}

/** A 32-byte word, without the `0x`. */
export function word(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}
