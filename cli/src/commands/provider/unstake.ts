// SPDX-License-Identifier: Apache-2.0
import type { Stake } from "@berth/sdk";
import { marketCalls, parseAmount, sendCall, UserError } from "@berth/sdk";
import type { Command } from "commander";
import type { Address } from "viem";
import { connectOwner, requireRegistered } from "../../chain/owner.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import type { Token } from "../../flows/token.ts";
import { inTokens, readToken } from "../../flows/token.ts";
import { parseAddress } from "../../input/address.ts";
import { parseTokens } from "../../input/units.ts";

interface UnstakeOptions {
  readonly token: Address;
  readonly to?: Address;
}

/** `berth provider unstake`: takes stake back that stands behind no lease. */
export function addUnstake(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("unstake")
    .description("take stake back that stands behind no lease")
    .argument("<amount>", "how much to take, in tokens", parseTokens)
    .requiredOption("--token <address>", "the currency of the stake", parseAddress)
    .option("--to <address>", "who is paid; unsaid, your own account", parseAddress);
  bind(command, runUnstake);
}

async function runUnstake(
  context: CommandContext,
  [written]: readonly [string],
  { token: address, to }: UnstakeOptions,
): Promise<void> {
  const { output, signal } = context;
  const session = await connectOwner(context);
  const { market, wallet } = session;
  const provider = wallet.account.address;
  await requireRegistered(session, provider, signal);
  const token = await readToken(session, address, signal);
  const amount = parseAmount(written, token.decimals);
  const before = await market.stakeOf(address, provider, { signal });
  output.note(stakeText(before, token));
  requireFree(amount, before, token);
  const recipient = to ?? provider;
  const call = marketCalls(market.address).withdrawStake(address, amount, recipient);
  const { hash } = await sendCall(wallet, market.client, call, { signal, context: { token } });
  const after = await market.stakeOf(address, provider, { signal });
  const free = after.staked - after.locked;
  output.data(
    { provider, token, amount, to: recipient, ...after, free, transactionHash: hash },
    `${inTokens(amount, token)} went to ${recipient}\n${stakeText(after, token)}`,
  );
}

function stakeText({ staked, locked }: Stake, token: Token): string {
  const [whole, behind, free] = [staked, locked, staked - locked].map((units) => inTokens(units, token));
  return `stake: ${whole}, ${behind} of it behind leases, ${free} free`;
}

function requireFree(amount: bigint, stake: Stake, token: Token): void {
  const free = stake.staked - stake.locked;
  const details = {
    atRisk: "nothing: nothing was sent",
    facts: { token: token.address, requested: amount.toString(), free: free.toString() },
  };
  if (amount === 0n) {
    throw new UserError("E_NOTHING_TO_WITHDRAW", "0 is nothing to take back.", {
      ...details,
      next: `Name an amount; ${inTokens(free, token)} can be taken back.`,
    });
  }
  if (amount <= free) return;
  throw new UserError(
    "E_STAKE_INSUFFICIENT",
    `${inTokens(amount, token)} cannot be taken back: only ${inTokens(free, token)} stands behind no lease (${stakeText(stake, token)}).`,
    {
      ...details,
      next: "Take less. `berth provider release` frees what closed leases still lock; what open ones lock is free once they are closed.",
    },
  );
}
