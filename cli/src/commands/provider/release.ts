// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { Command } from "commander";
import { connectOwner } from "../../chain/owner.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { readProvider } from "../../flows/provider-overview.ts";
import type { HeldCollateral } from "../../flows/release-collateral.ts";
import { heldCollateral, releaseCollateral } from "../../flows/release-collateral.ts";
import { inTokens } from "../../flows/token.ts";
import { formatTime } from "../../output/time.ts";

/** `berth provider release`: frees the stake that stood behind leases which are over. */
export function addRelease(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("release")
    .description("free the collateral of closed leases whose dispute window is over; it stays in your stake");
  bind(command, runRelease);
}

async function runRelease(context: CommandContext): Promise<void> {
  const { output, signal } = context;
  const session = await connectOwner(context);
  const provider = session.wallet.account.address;
  const overview = await readProvider(session, provider, signal);
  const { due, waiting } = await heldCollateral(session, overview, signal);
  if (due.length === 0) throw nothingDue(provider, waiting);
  output.note(["can be released:", ...due.map(dueText)].join("\n"));
  const done = await releaseCollateral(session, due, signal);
  const lines = done.released.map(
    ({ leaseId, amount, token }) =>
      `lease ${leaseId}: ${inTokens(amount, token)} stands behind no lease any more`,
  );
  output.data({ provider, ...done, waiting }, [...lines, ...waiting.map(waitingText)].join("\n"));
}

function dueText({ leaseId, amount, token }: HeldCollateral): string {
  return `lease ${leaseId}: ${inTokens(amount, token)}`;
}

function waitingText(held: HeldCollateral): string {
  const until = held.releasableAt === null ? "a dispute is ruled on" : formatTime(held.releasableAt);
  return `${dueText(held)} locked until ${until}`;
}

function nothingDue(provider: string, waiting: readonly HeldCollateral[]): UserError {
  const why = waiting.length === 0 ? "No closed lease locks any." : `${waiting.map(waitingText).join("; ")}.`;
  return new UserError("E_NOTHING_TO_RELEASE", `There is no collateral to release now. ${why}`, {
    atRisk: "nothing: nothing was sent",
    next: "`berth provider status` shows what is locked; what stands behind open leases is free once they are closed.",
    facts: { provider, leaseIds: waiting.map(({ leaseId }) => leaseId).join(",") },
  });
}
