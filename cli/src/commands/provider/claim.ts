// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { Command } from "commander";
import type { Address } from "viem";
import { connectOwner } from "../../chain/owner.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import type { Claim } from "../../flows/claim.ts";
import { claimEarnings } from "../../flows/claim.ts";
import type { ProviderOverview } from "../../flows/provider-overview.ts";
import { readProvider } from "../../flows/provider-overview.ts";
import type { Token } from "../../flows/token.ts";
import { inTokens } from "../../flows/token.ts";
import { parseAddress } from "../../input/address.ts";
import { parseWhole } from "../../input/units.ts";

interface ClaimOptions {
  readonly token?: Address;
  readonly to?: Address;
}

/** What can be claimed in one token. */
interface Due {
  readonly token: Token;
  readonly leaseIds: readonly bigint[];
  readonly claimable: bigint;
}

/** `berth provider claim`: takes earned money out. */
export function addClaim(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("claim")
    .description("settle your leases and pay out what you earned")
    .argument(
      "[leases...]",
      "settle only these; your whole free balance is paid out all the same",
      collectLease,
    )
    .option("--token <address>", "only in this token; unsaid, in every token of your offers", parseAddress)
    .option("--to <address>", "who is paid; unsaid, your own account", parseAddress);
  bind(command, runClaim);
}

function collectLease(text: string, previous: readonly bigint[] | undefined): readonly bigint[] {
  return [...(previous ?? []), parseWhole(text)];
}

async function runClaim(
  context: CommandContext,
  [named]: readonly [readonly bigint[]],
  { token, to }: ClaimOptions,
): Promise<void> {
  const { output, signal } = context;
  const session = await connectOwner(context);
  const owner = session.wallet.account.address;
  const overview = await readProvider(session, owner, signal);
  const dues = duesOf(overview, named).filter((due) => token === undefined || due.token.address === token);
  const payable = dues.filter(({ claimable }) => claimable > 0n);
  if (payable.length === 0) throw nothingThere(owner);
  const claims: Claim[] = [];
  for (const { token: paid, leaseIds } of payable) {
    claims.push(await claimEarnings(session, { token: paid, leaseIds, to: to ?? owner }, signal));
  }
  const lines = claims.map((claim) => `${inTokens(claim.amount, claim.token)} went to ${claim.to}`);
  output.data({ claims }, lines.join("\n"));
}

function duesOf({ money, leases }: ProviderOverview, named: readonly bigint[]): readonly Due[] {
  const isMeant = (leaseId: bigint): boolean => named.length === 0 || named.includes(leaseId);
  return money.map(({ token, free }) => {
    const settled = leases.filter(
      ({ leaseId, summary }) => summary.token === token.address && summary.accrued > 0n && isMeant(leaseId),
    );
    const earned = settled.reduce((sum, { summary }) => sum + summary.accrued, 0n);
    return { token, leaseIds: settled.map(({ leaseId }) => leaseId), claimable: free + earned };
  });
}

function nothingThere(owner: Address): UserError {
  return new UserError("E_NOTHING_TO_CLAIM", `${owner} has earned nothing that is not paid out already.`, {
    atRisk: "nothing: nothing was sent",
    next: "`berth provider status` shows what accrues.",
    facts: { owner },
  });
}
