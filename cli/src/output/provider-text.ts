// SPDX-License-Identifier: Apache-2.0
import type { ProviderSummary } from "@berth/sdk";
import { formatRate } from "@berth/sdk";
import type { Address } from "viem";
import type { ProviderOffer, ProviderOverview, ServedLease } from "../flows/provider-overview.ts";
import type { Token } from "../flows/token.ts";
import { inTokens } from "../flows/token.ts";
import { fields, table } from "./table.ts";
import { formatDuration, formatTime } from "./time.ts";

type TokenOf = (address: Address) => Token | null;

/** A provider for people: who he is, his money, his offers, his leases. */
export function providerText(overview: ProviderOverview): string {
  const { money, offers, leases } = overview;
  const tokenOf: TokenOf = (address) => money.find(({ token }) => token.address === address)?.token ?? null;
  const parts = [
    facts(overview),
    moneyTable(overview),
    offers.length === 0 ? "no offers" : offerTable(offers, tokenOf),
    leases.length === 0 ? "no leases" : leaseTable(leases, tokenOf),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function facts({ provider, summary, endpoint }: ProviderOverview): string {
  return fields([
    ["provider", `${provider}, ${standing(summary)}`],
    ["operator", summary.operator],
    ["instance", summary.instance.toString()],
    ["endpoint", endpoint],
    ["service clock", formatDuration(summary.clockNow)],
    ["last report", formatTime(summary.lastReportAt)],
    ["report period", formatDuration(summary.reportPeriod)],
  ]);
}

function standing({ silent, lapsed }: ProviderSummary): string {
  if (lapsed) return "lapsed: tenants may take the collateral; report to end it";
  return silent ? "silent: nothing accrues; report to go on" : "reporting";
}

function moneyTable({ money }: ProviderOverview): string {
  if (money.length === 0) return "";
  const rows = money.map(({ token, staked, locked, free, accrued }) => [
    inTokens(staked, token),
    inTokens(locked, token),
    inTokens(accrued, token),
    inTokens(free, token),
    inTokens(free + accrued, token),
  ]);
  return table(["staked", "locked", "accrued", "balance", "claimable"], rows);
}

function offerTable(offers: readonly ProviderOffer[], tokenOf: TokenOf): string {
  const rows = offers.map(({ offerId, terms, taken, capacity, closed, resources }) => {
    const token = tokenOf(terms.token);
    const { cpuMillis, memoryMiB, storageMiB } = resources;
    const rate =
      token === null
        ? "?"
        : `${formatRate(terms.milliRatePerSecond, token.decimals, "hour")} ${token.symbol}`;
    const size = `${cpuMillis}m cpu, ${memoryMiB} MiB, ${storageMiB} MiB disk`;
    return [offerId.toString(), rate, `${taken}/${capacity}`, size, closed ? "closed" : "open"];
  });
  return table(["offer", "rate", "taken", "size", "state"], rows);
}

function leaseTable(leases: readonly ServedLease[], tokenOf: TokenOf): string {
  const rows = leases.map(({ leaseId, summary }) => {
    const token = tokenOf(summary.token);
    const amount = (units: bigint): string => (token === null ? units.toString() : inTokens(units, token));
    return [
      leaseId.toString(),
      summary.status,
      summary.tenant,
      amount(summary.balance),
      amount(summary.accrued),
    ];
  });
  return table(["lease", "status", "tenant", "balance", "accrued"], rows);
}
