// SPDX-License-Identifier: Apache-2.0
import { marketCalls, parseAmount, sendCall, UserError } from "@berth/sdk";
import type { Command } from "commander";
import type { Address, Hash } from "viem";
import { connectSigning } from "../chain/connect.ts";
import type { CommandBinder, CommandContext } from "../context.ts";
import { leasesOpenedBy } from "../flows/history.ts";
import type { SigningSession } from "../flows/session.ts";
import type { Token } from "../flows/token.ts";
import { inTokens, readToken } from "../flows/token.ts";
import { parseAddress } from "../input/address.ts";
import { parseTokens } from "../input/units.ts";

interface WithdrawOptions {
  readonly token?: Address;
  readonly to?: Address;
}

/** One payment out of the market. */
interface Withdrawal {
  readonly token: Token;
  /** In base units. */
  readonly amount: bigint;
  readonly to: Address;
  readonly transactionHash: Hash;
}

/** `berth withdraw`: pays out the caller's free balance. */
export function addWithdraw(program: Command, bind: CommandBinder): void {
  const command = program
    .command("withdraw")
    .description("pay out your free balance: refunds of closed leases, and what you earned")
    .argument("[amount]", "how much, in tokens; all of it where unsaid", parseTokens)
    .option("--token <address>", "in this token; unsaid, in every token of your leases", parseAddress)
    .option("--to <address>", "who is paid; unsaid, your own wallet", parseAddress);
  bind(command, runWithdraw);
}

async function runWithdraw(
  context: CommandContext,
  [written]: readonly [string | undefined],
  { token, to }: WithdrawOptions,
): Promise<void> {
  if (written !== undefined && token === undefined) throw ambiguous();
  const { signal, output } = context;
  const session = await connectSigning(context);
  const recipient = to ?? session.wallet.account.address;
  const addresses = token === undefined ? await tokensOfLeases(session, signal) : [token];
  const withdrawals: Withdrawal[] = [];
  for (const address of addresses) {
    const known = await readToken(session, address, signal);
    const withdrawal = await payOut(session, known, written, recipient, signal);
    if (withdrawal !== null) withdrawals.push(withdrawal);
  }
  if (withdrawals.length === 0) throw nothingThere(session.wallet.account.address);
  const lines = withdrawals.map(
    ({ amount, token: paid }) => `${inTokens(amount, paid)} went to ${recipient}`,
  );
  output.data({ withdrawals }, lines.join("\n"));
}

async function tokensOfLeases(session: SigningSession, signal: AbortSignal): Promise<readonly Address[]> {
  const opened = await leasesOpenedBy(session, session.wallet.account.address, signal);
  const ids = opened.map(({ args }) => args.leaseId);
  const summaries = await session.market.leaseSummaries(ids, { signal });
  return [...new Set(summaries.filter(({ status }) => status !== "none").map(({ token }) => token))];
}

async function payOut(
  { market, wallet }: SigningSession,
  token: Token,
  written: string | undefined,
  to: Address,
  signal: AbortSignal,
): Promise<Withdrawal | null> {
  const free = await market.balanceOf(token.address, wallet.account.address, { signal });
  const amount = written === undefined ? free : parseAmount(written, token.decimals);
  if (amount === 0n) return null;
  const call = marketCalls(market.address).withdraw(token.address, amount, to);
  const { hash } = await sendCall(wallet, market.client, call, { signal, context: { token } });
  return { token, amount, to, transactionHash: hash };
}

function ambiguous(): UserError {
  return new UserError("E_TOKEN_MISSING", "An amount needs the token it is in.", {
    atRisk: "nothing: nothing was sent",
    next: "Pass --token, or leave the amount out to withdraw everything.",
  });
}

function nothingThere(account: Address): UserError {
  return new UserError("E_NOTHING_TO_WITHDRAW", `The free balance of ${account} is empty.`, {
    atRisk: "nothing: nothing was sent",
    next: "Money in open leases comes back when they close; `berth ps` lists them, --token names a token outright.",
    facts: { account },
  });
}
