// SPDX-License-Identifier: Apache-2.0
import { formatAmount, type LeaseSummary, type TokenInfo } from "@berth/sdk";

/** Where a lease's money is, in token base units. */
export interface LeaseMoney {
  readonly deposited: bigint;
  /** Went to the provider. */
  readonly settled: bigint;
  /** Earned by the provider and not settled yet. */
  readonly accrued: bigint;
  /** Comes back if the tenant closes now. */
  readonly refundable: bigint;
}

/** The money of an open lease into which `deposited` units were put. */
export function moneyOf(lease: LeaseSummary, deposited: bigint): LeaseMoney {
  const { balance, accrued, refundable } = lease;
  return { deposited, settled: deposited - balance, accrued, refundable };
}

/** The table, a line per entry, every amount with all of the token's places so that the points stand below each other. */
export function moneyTable(money: LeaseMoney, token: TokenInfo): readonly string[] {
  const { deposited, settled, accrued, refundable } = money;
  const entries: Readonly<Record<string, bigint>> = { deposited, settled, accrued, refundable };
  const rows = Object.entries(entries).map(
    ([name, units]) => [name, allPlaces(units, token.decimals)] as const,
  );
  const width = Math.max(...rows.map(([, amount]) => amount.length), 12);
  const bar = "─".repeat(width + token.symbol.length + 3);
  const line = ([name, amount]: readonly [string, string]): string =>
    `│ ${name.padEnd(10)} │ ${amount.padStart(width)} ${token.symbol} │`;
  return [`┌────────────┬${bar}┐`, ...rows.map(line), `└────────────┴${bar}┘`];
}

function allPlaces(units: bigint, decimals: number): string {
  const [whole = "0", fraction = ""] = formatAmount(units, decimals).split(".");
  return decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, "0")}`;
}
