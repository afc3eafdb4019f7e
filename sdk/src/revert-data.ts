// SPDX-License-Identifier: Apache-2.0
import { isHex, size, type Hex } from "viem";
import { causesOf } from "./rpc-errors.ts";

const SELECTOR_BYTES = 4;
const REVERTED = /\brevert/i;

/**
 * The bytes that a contract reverted with, wherever the layers of an error keep them; undefined where no contract answered.
 * A node may nest them in its own object.
 */
export function revertDataOf(error: unknown): Hex | undefined {
  return causesOf(error).flatMap(candidates).find(isRevertData);
}

/** True where a node says that a contract refused and gave no bytes; a node's own trouble is something else. */
export function isBareRevert(error: unknown): boolean {
  const innermost = causesOf(error).at(-1) as
    { readonly details?: string; readonly message: string } | undefined;
  return REVERTED.test(innermost?.details ?? innermost?.message ?? "");
}

function candidates(error: Error): readonly unknown[] {
  const { raw, data } = error as { readonly raw?: unknown; readonly data?: unknown };
  const nested = typeof data === "object" && data !== null ? (data as { data?: unknown }).data : undefined;
  return [raw, data, nested];
}

function isRevertData(value: unknown): value is Hex {
  return isHex(value) && size(value) >= SELECTOR_BYTES;
}
