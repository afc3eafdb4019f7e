// SPDX-License-Identifier: Apache-2.0
import type { MarketEvent } from "@berth/sdk";
import { endingOf } from "./endings.ts";
import type { LeaseRecord } from "./history.ts";

/** A lease's money in base units: what came in is what was settled, plus what is left or was refunded. */
export interface LeaseMoney {
  /** All that was ever put in. */
  readonly deposited: bigint;
  /** What went to the provider for good. */
  readonly settled: bigint;
  /** Earned by the provider, not settled yet. */
  readonly accrued: bigint;
  /** What a close would give back now. */
  readonly refundable: bigint;
  /** What a close gave back; 0 while the lease is open. */
  readonly refunded: bigint;
}

/** The money of a lease as of one block. */
export function leaseMoney({ life, summary }: LeaseRecord): LeaseMoney {
  const deposited = life.reduce((sum, event) => sum + broughtIn(event), 0n);
  const refunded = endingOf(life)?.refund ?? 0n;
  const settled = deposited - summary.balance - refunded;
  return { deposited, settled, accrued: summary.accrued, refundable: summary.refundable, refunded };
}

function broughtIn(event: MarketEvent): bigint {
  if (event.name === "LeaseOpened") return event.args.balance;
  return event.name === "LeaseToppedUp" ? event.args.amount : 0n;
}
