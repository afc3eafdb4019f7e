// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { connectSigning } from "../chain/connect.ts";
import type { CommandBinder, CommandContext } from "../context.ts";
import type { ClosedLease } from "../flows/close-lease.ts";
import { closeLease } from "../flows/close-lease.ts";
import { readLease } from "../flows/history.ts";
import type { Token } from "../flows/token.ts";
import { inTokens, readToken } from "../flows/token.ts";
import { leaseArgument } from "../input/arguments.ts";
import { fields } from "../output/table.ts";

/** `berth close`: ends a lease. */
export function addClose(program: Command, bind: CommandBinder): void {
  const command = program
    .command("close")
    .description("end a lease; its workload and data go, the rest of its balance comes back")
    .addArgument(leaseArgument())
    .option("--yes", "do not ask");
  bind(command, runClose);
}

async function runClose(
  context: CommandContext,
  [leaseId]: readonly [bigint],
  { yes = false }: { readonly yes?: boolean },
): Promise<void> {
  const { signal, output, prompt } = context;
  const session = await connectSigning(context);
  const { summary } = await readLease(session, leaseId, signal);
  const token = await readToken(session, summary.token, signal);
  const back = inTokens(summary.refundable, token);
  if (summary.status !== "closed")
    await prompt.confirm(
      `Close lease ${leaseId}? Its containers and volumes are lost; ${back} comes back.`,
      yes,
    );
  const closed = await closeLease(session, leaseId, signal);
  output.data({ leaseId, token, ...closed }, closedText(leaseId, closed, token));
}

function closedText(leaseId: bigint, { words, due, refund, forfeited }: ClosedLease, token: Token): string {
  return fields([
    ["lease", `${leaseId}, closed: ${words}`],
    ["billed", inTokens(due, token)],
    ["refund", inTokens(refund, token)],
    [
      "collateral",
      forfeited === 0n ? null : `${inTokens(forfeited, token)} of the provider's stake is yours`,
    ],
    ["next", "the refund lies in your free balance: `berth withdraw` pays it out"],
  ]);
}
