// SPDX-License-Identifier: Apache-2.0
import type { Market, SigningClient } from "@berth/sdk";

/** A market to read. */
export interface MarketSession {
  readonly market: Market;
  /** Block from which its events are read: that of its deployment, or 0. */
  readonly startBlock: bigint;
}

/** A market to act on: the wallet is the tenant's, or the owner's of a provider. */
export interface SigningSession extends MarketSession {
  readonly wallet: SigningClient;
}
