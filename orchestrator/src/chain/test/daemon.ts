// SPDX-License-Identifier: Apache-2.0
import { connectMarket, type Market } from "@berth/sdk";
import { systemClock } from "../../config/system-clock.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import type { MarketActions } from "../../ports/market-chain.ts";
import { createMarketActions } from "../market-actions.ts";
import {
  createTransactionSender,
  type SenderOptions,
  type TransactionSender,
} from "../transaction-sender.ts";
import { clientOf, type MarketWorld } from "./market-world.ts";
import { silentLog } from "./silent-log.ts";

/** The writing half of a daemon, on the operator's key. */
export interface Daemon {
  readonly market: Market;
  readonly sender: TransactionSender;
  readonly actions: MarketActions;
}

/** As after a boot with this journal, over this RPC. */
export async function bootDaemon(
  world: MarketWorld,
  url: string,
  journal: Journal,
  changes: Partial<SenderOptions> = {},
  clock: Clock = systemClock,
): Promise<Daemon> {
  const client = clientOf(url);
  const { chainId } = world;
  const market = await connectMarket({ client, address: world.market, chainId });
  const pace = { pollIntervalMs: 20, bumpAfterMs: 60_000, giveUpAfterMs: 600_000 };
  const money = { maxFeePerGas: 10n ** 12n, ended: () => undefined };
  const parts = { account: world.operator, client, chainId, journal, clock, log: silentLog };
  const sender = createTransactionSender({ ...parts, ...pace, ...money, ...changes });
  const provider = world.provider.address;
  const actions = createMarketActions({ ...parts, sender, market, provider, shown: () => undefined });
  return { market, sender, actions };
}

/** A journal in memory that belongs to the world's provider, as instance 0. */
export function ownerOf({ chainId, market, provider }: MarketWorld) {
  return { chainId, market, provider: provider.address };
}
