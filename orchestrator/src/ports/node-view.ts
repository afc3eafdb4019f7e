// SPDX-License-Identifier: Apache-2.0

/** What a node tells besides the market. Whatever cannot be found out is a RetryableError. */
export interface NodeView {
  /** The newest block, confirmed or not. `timestamp` in seconds since 1970. */
  newest(signal: AbortSignal): Promise<{ readonly number: bigint; readonly timestamp: number }>;
  /** What the operator holds and what a unit of gas costs now, in wei. */
  purse(signal: AbortSignal): Promise<{ readonly balance: bigint; readonly gasPrice: bigint }>;
}
