// SPDX-License-Identifier: Apache-2.0
import type { EndpointState } from "../domain/judge-chain.ts";

/** What the nodes tell besides the market. Whatever cannot be found out is a RetryableError. */
export interface NodeView {
  /** The newest block, confirmed or not. `timestamp` in seconds since 1970. */
  newest(signal: AbortSignal): Promise<{ readonly number: bigint; readonly timestamp: number }>;
  /** How each endpoint is, the preferred one first, as far as is known: nobody is asked. */
  endpoints(): readonly EndpointState[];
  /** What the operator holds and what a unit of gas costs now, in wei. */
  purse(signal: AbortSignal): Promise<{ readonly balance: bigint; readonly gasPrice: bigint }>;
}
