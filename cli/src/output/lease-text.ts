// SPDX-License-Identifier: Apache-2.0
import type { GatewayStatus, LeaseSummary } from "@berth/sdk";
import { formatRate } from "@berth/sdk";
import { urlOf } from "../flows/bring-up.ts";
import type { Ending } from "../flows/endings.ts";
import type { LeaseMoney } from "../flows/lease-money.ts";
import type { Token } from "../flows/token.ts";
import { inTokens } from "../flows/token.ts";
import { fields, table } from "./table.ts";
import { formatDuration, formatTime } from "./time.ts";

/** Everything about a lease. Amounts in base units, times in seconds since 1970. */
export interface LeaseReport extends Omit<LeaseSummary, "token" | "balance" | "accrued" | "refundable"> {
  readonly leaseId: bigint;
  readonly token: Token;
  readonly lastReportAt: bigint;
  readonly depletesInSeconds: bigint | null;
  readonly ended: Ending | null;
  readonly money: LeaseMoney & { readonly balance: bigint };
  readonly workload: GatewayStatus | null;
  readonly workloadTrouble: string | null;
  readonly warnings: readonly string[];
}

/** A lease for people: facts, money table, services, warnings. */
export function leaseText(report: LeaseReport): string {
  const parts = [
    facts(report),
    moneyTable(report),
    services(report),
    report.warnings.map((words) => `! ${words}`).join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function facts(report: LeaseReport): string {
  const { token, workload, ended, status } = report;
  const closed = status === "closed";
  return fields([
    ["lease", `${report.leaseId}, ${status}`],
    ["ended", ended === null ? null : `${formatTime(report.closedAt)}: ${ended.words}`],
    ["start by", status === "pending" ? formatTime(report.startBy) : null],
    ["tenant", report.tenant],
    [
      "provider",
      `${report.provider}, last report ${formatTime(report.lastReportAt)}${report.silent ? " (silent)" : ""}`,
    ],
    ["offer", report.offerId.toString()],
    [
      "rate",
      `${formatRate(report.milliRatePerSecond, token.decimals, "hour")} in ${token.symbol} (${token.address})`,
    ],
    ["collateral", closed ? null : inTokens(report.collateral, token)],
    ["depletes in", report.depletesInSeconds === null ? null : formatDuration(report.depletesInSeconds)],
    ["workload", workload === null ? report.workloadTrouble : phaseOf(workload)],
    ["url", workload === null ? null : urlOf(workload.endpoints)],
  ]);
}

function phaseOf({ phase, lastError }: GatewayStatus): string {
  return lastError === null ? phase : `${phase}: ${lastError.message} (${lastError.code})`;
}

function moneyTable({ money, token, status }: LeaseReport): string {
  const last =
    status === "closed"
      ? (["refunded", money.refunded] as const)
      : (["refundable", money.refundable] as const);
  const columns = [
    ["deposited", money.deposited],
    ["settled", money.settled],
    ["accrued", money.accrued],
    last,
  ] as const;
  return table(
    columns.map(([name]) => name),
    [columns.map(([, amount]) => inTokens(amount, token))],
  );
}

function services({ workload }: LeaseReport): string {
  if (workload === null || workload.services.length === 0) return "";
  const rows = workload.services.map(({ name, state, health, exitCode, image }) => {
    const ports = workload.endpoints.filter(({ service }) => service === name);
    const published = ports.map(
      ({ address, port, url, containerPort, protocol }) =>
        `${url ?? `${address}:${port}`}->${containerPort}/${protocol}`,
    );
    return [
      name,
      exitCode === null ? state : `${state} (${exitCode})`,
      health,
      published.join(" "),
      image ?? "",
    ];
  });
  return table(["service", "state", "health", "ports", "image"], rows);
}
