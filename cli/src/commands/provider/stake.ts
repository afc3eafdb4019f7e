// SPDX-License-Identifier: Apache-2.0
import { marketCalls, parseAmount, sendCall } from "@berth/sdk";
import type { Command } from "commander";
import type { Address } from "viem";
import { connectOwner, requireRegistered } from "../../chain/owner.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { requireFunds } from "../../flows/check-funds.ts";
import { approveExactly, inTokens, readToken } from "../../flows/token.ts";
import { parseAddress } from "../../input/address.ts";
import { parseTokens } from "../../input/units.ts";

/** `berth provider stake`: puts money behind the leases. */
export function addStake(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("stake")
    .description("put money behind your leases; what stands behind none can be taken back at any time")
    .argument("<amount>", "how much to add, in tokens", parseTokens)
    .requiredOption("--token <address>", "the currency of your offers", parseAddress);
  bind(command, runStake);
}

async function runStake(
  context: CommandContext,
  [written]: readonly [string],
  { token: address }: { readonly token: Address },
): Promise<void> {
  const { output, signal } = context;
  const session = await connectOwner(context);
  const { market, wallet } = session;
  const provider = wallet.account.address;
  await requireRegistered(session, provider, signal);
  const token = await readToken(session, address, signal);
  const amount = parseAmount(written, token.decimals);
  await requireFunds(session, provider, amount, token, signal);
  const approval = await approveExactly(session, token, amount, signal);
  if (approval !== null) output.note(`allowed the market to take ${inTokens(amount, token)}, no more`);
  const call = marketCalls(market.address).stake(address, amount);
  const { hash } = await sendCall(wallet, market.client, call, { signal, context: { token } });
  const { staked, locked } = await market.stakeOf(address, provider, { signal });
  output.data(
    { provider, token, amount, staked, locked, transactionHash: hash },
    `${inTokens(staked, token)} staked, ${inTokens(locked, token)} of it behind leases`,
  );
}
