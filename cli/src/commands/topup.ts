// SPDX-License-Identifier: Apache-2.0
import { parseAmount } from "@berth/sdk";
import type { Command } from "commander";
import { connectSigning } from "../chain/connect.ts";
import type { CommandBinder, CommandContext } from "../context.ts";
import { readLease } from "../flows/history.ts";
import { inTokens, readToken } from "../flows/token.ts";
import { topUpLease } from "../flows/top-up.ts";
import { leaseArgument } from "../input/arguments.ts";
import { parseTokens } from "../input/units.ts";

/** `berth topup`: adds money to a lease. */
export function addTopup(program: Command, bind: CommandBinder): void {
  const command = program
    .command("topup")
    .description("add money from your wallet to a lease")
    .addArgument(leaseArgument())
    .argument("<amount>", "how much, in tokens", parseTokens);
  bind(command, runTopup);
}

async function runTopup(
  context: CommandContext,
  [leaseId, written]: readonly [bigint, string],
): Promise<void> {
  const { signal, output } = context;
  const session = await connectSigning(context);
  const { summary } = await readLease(session, leaseId, signal);
  const token = await readToken(session, summary.token, signal);
  const amount = parseAmount(written, token.decimals);
  const { event, revived, approval } = await topUpLease(session, { leaseId, summary, token, amount }, signal);
  if (approval !== null) output.note(`allowed the market to take ${inTokens(amount, token)}, no more`);
  const { balance } = event.args;
  const paused = revived ? "; it is paused until the provider resumes it" : "";
  output.data(
    { leaseId, token, amount: event.args.amount, balance, revived, transactionHash: event.transactionHash },
    `lease ${leaseId} holds ${inTokens(balance, token)} now${paused}`,
  );
}
