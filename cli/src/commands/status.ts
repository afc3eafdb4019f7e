// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { connect, connectSigning } from "../chain/connect.ts";
import { chosenKey, OWN_KEY } from "../config/key-source.ts";
import type { CommandBinder, CommandContext } from "../context.ts";
import { endingOf } from "../flows/endings.ts";
import type { LeaseRecord } from "../flows/history.ts";
import { readLease } from "../flows/history.ts";
import { leaseMoney } from "../flows/lease-money.ts";
import { depletesIn } from "../flows/lease-view.ts";
import { leaseWarnings } from "../flows/lease-warnings.ts";
import type { MarketSession, SigningSession } from "../flows/session.ts";
import { readToken } from "../flows/token.ts";
import type { WorkloadReport } from "../flows/workload-status.ts";
import { askWorkload } from "../flows/workload-status.ts";
import { leaseArgument } from "../input/arguments.ts";
import type { LeaseReport } from "../output/lease-text.ts";
import { leaseText } from "../output/lease-text.ts";

const GATEWAY_PATIENCE_MS = 5_000;

/** `berth status`: everything about one lease; anybody may look, only its tenant hears from the gateway. */
export function addStatus(program: Command, bind: CommandBinder): void {
  const command = program
    .command("status")
    .description("show everything about a lease: money, provider, workload, how it ended")
    .addArgument(leaseArgument());
  bind(command, runStatus);
}

async function runStatus(context: CommandContext, [leaseId]: readonly [bigint]): Promise<void> {
  const { config, signal, output } = context;
  const signing = chosenKey(config, OWN_KEY) !== null ? await connectSigning(context) : null;
  const session = signing ?? (await connect(context));
  const record = await readLease(session, leaseId, signal);
  const workload = await workloadFor(signing, leaseId, record, signal);
  const report = await reportOn(session, leaseId, record, workload, signal);
  output.data(report, leaseText(report));
}

async function workloadFor(
  session: SigningSession | null,
  leaseId: bigint,
  { summary }: LeaseRecord,
  signal: AbortSignal,
): Promise<WorkloadReport> {
  const { tenant, provider, status } = summary;
  if (status === "closed") return { status: null, trouble: null };
  if (session?.wallet.account.address !== tenant)
    return { status: null, trouble: "only the tenant's key may ask the provider's gateway" };
  return askWorkload(session, { leaseId, provider }, GATEWAY_PATIENCE_MS, signal);
}

async function reportOn(
  session: MarketSession,
  leaseId: bigint,
  record: LeaseRecord,
  workload: WorkloadReport,
  signal: AbortSignal,
): Promise<LeaseReport> {
  const { summary, life } = record;
  const [token, provider] = await Promise.all([
    readToken(session, summary.token, signal),
    session.market.providerOf(summary.provider, { signal }),
  ]);
  const { balance, accrued: _accrued, refundable: _refundable, ...facts } = summary;
  const money = { ...leaseMoney(record), balance };
  return {
    leaseId,
    ...facts,
    token,
    lastReportAt: provider.lastReportAt,
    depletesInSeconds: depletesIn(summary),
    ended: endingOf(life),
    money,
    workload: workload.status,
    workloadTrouble: workload.trouble,
    warnings: leaseWarnings(leaseId, summary, provider),
  };
}
