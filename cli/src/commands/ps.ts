// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary } from "@berth/sdk";
import { formatRate } from "@berth/sdk";
import type { Command } from "commander";
import { connectSigning } from "../chain/connect.ts";
import type { CommandBinder, CommandContext } from "../context.ts";
import type { Endpoint } from "../flows/bring-up.ts";
import { urlOf } from "../flows/bring-up.ts";
import { leasesOpenedBy } from "../flows/history.ts";
import { depletesIn } from "../flows/lease-view.ts";
import type { SigningSession } from "../flows/session.ts";
import type { Token } from "../flows/token.ts";
import { inTokens } from "../flows/token.ts";
import { createTokenReader } from "../flows/token-reader.ts";
import { askWorkload } from "../flows/workload-status.ts";
import { table } from "../output/table.ts";
import { formatDuration } from "../output/time.ts";

const GATEWAY_PATIENCE_MS = 2_000;

/** One line of the list. Amounts in base units. */
interface ListedLease {
  readonly leaseId: bigint;
  readonly status: LeaseSummary["status"];
  readonly reason: LeaseSummary["reason"];
  readonly provider: LeaseSummary["provider"];
  readonly silent: boolean;
  readonly offerId: bigint;
  readonly token: Token;
  readonly milliRatePerSecond: bigint;
  readonly balance: bigint;
  readonly accrued: bigint;
  readonly refundable: bigint;
  readonly depletesInSeconds: bigint | null;
  readonly url: string | null;
  /** Null where the provider does not tell. */
  readonly endpoints: readonly Endpoint[] | null;
}

/** `berth ps`: the caller's leases. */
export function addPs(program: Command, bind: CommandBinder): void {
  const command = program
    .command("ps")
    .description("list your leases")
    .option("-a, --all", "closed ones too");
  bind(command, runPs);
}

async function runPs(
  context: CommandContext,
  _args: readonly [],
  { all = false }: { readonly all?: boolean },
): Promise<void> {
  const { signal, output } = context;
  const session = await connectSigning(context);
  const opened = await leasesOpenedBy(session, session.wallet.account.address, signal);
  const ids = opened.map(({ args }) => args.leaseId);
  const summaries = await session.market.leaseSummaries(ids, { signal });
  const known = ids.flatMap((leaseId, index) => {
    const summary = summaries[index];
    const shown = summary !== undefined && summary.status !== "none" && (all || summary.status !== "closed");
    return shown ? [{ leaseId, summary }] : [];
  });
  const readToken = createTokenReader(session, signal);
  const leases = await Promise.all(
    known.map(async ({ leaseId, summary }) =>
      listed(leaseId, summary, await readToken(summary.token), session, signal),
    ),
  );
  output.data({ leases }, leases.length === 0 ? "You have no leases." : leaseTable(leases));
}

async function listed(
  leaseId: bigint,
  summary: LeaseSummary,
  token: Token,
  session: SigningSession,
  signal: AbortSignal,
): Promise<ListedLease> {
  const { status, reason, provider, silent, offerId, milliRatePerSecond, balance, accrued, refundable } =
    summary;
  const asked =
    status === "closed"
      ? null
      : await askWorkload(session, { leaseId, provider }, GATEWAY_PATIENCE_MS, signal);
  const endpoints = asked?.status?.endpoints ?? null;
  return {
    ...{ leaseId, status, reason, provider, silent, offerId, token },
    ...{ milliRatePerSecond, balance, accrued, refundable },
    depletesInSeconds: depletesIn(summary),
    url: endpoints === null ? null : urlOf(endpoints),
    endpoints,
  };
}

function leaseTable(leases: readonly ListedLease[]): string {
  const header = ["lease", "status", "rate", "balance", "accrued", "refundable", "depletes in", "endpoint"];
  const rows = leases.map((lease) => [
    lease.leaseId.toString(),
    lease.silent && lease.status !== "closed" ? `${lease.status} (provider silent)` : lease.status,
    formatRate(lease.milliRatePerSecond, lease.token.decimals, "hour"),
    inTokens(lease.balance, lease.token),
    inTokens(lease.accrued, lease.token),
    inTokens(lease.refundable, lease.token),
    lease.depletesInSeconds === null ? "-" : formatDuration(lease.depletesInSeconds),
    lease.url ?? "-",
  ]);
  return table(header, rows);
}
