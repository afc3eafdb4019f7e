// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import { formatRate } from "@berth/sdk";
import type { Deployment } from "../../cli/src/flows/deploy.ts";
import type { Output } from "../../cli/src/output/output.ts";
import { moneyOf, moneyTable, type LeaseMoney } from "./money-table.ts";
import type { Stage } from "./stage.ts";
import { readLedger } from "./tenant.ts";

const EVERY_MS = 1_000;
/** Without a terminal to draw on, a line at the pace of the reports. */
const PLAIN_EVERY_MS = 5_000;

interface Reading {
  readonly money: LeaseMoney;
  readonly reports: number;
  readonly lines: readonly string[];
}

/** Shows a lease's money until the signal: a table that moves by the second, or lines where there is no terminal. */
export async function showMeter(
  stage: Stage,
  deployment: Deployment,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  let drawn = 0;
  while (!signal.aborted) {
    const { money, reports, lines } = await read(stage, deployment);
    if (output.animated) {
      output.raw(`${drawn > 0 ? `\u001b[${drawn}A\u001b[J` : ""}${lines.join("\n")}\n`);
      drawn = lines.length;
    } else {
      output.data({ step: "metered", at: new Date().toISOString(), reports, ...money }, lines.join("\n"));
    }
    await delay(output.animated ? EVERY_MS : PLAIN_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function read({ local, ...stage }: Stage, { leaseId, url }: Deployment): Promise<Reading> {
  const [lease, ledger] = await Promise.all([
    local.market.leaseSummary(leaseId),
    readLedger({ local, ...stage }, leaseId),
  ]);
  const money = moneyOf(lease, ledger.deposited);
  const rate = formatRate(lease.milliRatePerSecond, local.token.decimals, "hour");
  const lines = [
    "",
    `  ${url ?? "no published port"}`,
    `  lease ${leaseId}, ${lease.status}, ${rate} ${local.token.symbol}; ${ledger.reports} reports`,
    ...moneyTable(money, local.token).map((line) => `  ${line}`),
    "  Ctrl-C closes the lease and clears everything away.",
  ];
  return { money, reports: ledger.reports, lines };
}
