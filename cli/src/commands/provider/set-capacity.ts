// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { connectOwner } from "../../chain/owner.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { requireOwnOffer, setCapacity, warnOfThinStake } from "../../flows/own-offer.ts";
import { readToken } from "../../flows/token.ts";
import { parseCapacity, parseWhole } from "../../input/units.ts";

/** `berth provider set-capacity`: the one term of an offer that can change. */
export function addSetCapacity(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("set-capacity")
    .description("change how many leases of an offer may be open at once; those that are open go on")
    .argument("<offer>", "number of the offer", parseWhole)
    .argument("<leases>", "how many; 0 takes no new ones", parseCapacity);
  bind(command, runSetCapacity);
}

async function runSetCapacity(
  context: CommandContext,
  [offerId, capacity]: readonly [bigint, bigint],
): Promise<void> {
  const { output, signal } = context;
  const session = await connectOwner(context);
  const { capacity: before, taken, terms } = await requireOwnOffer(session, offerId, signal);
  const token = await readToken(session, terms.token, signal);
  const places = capacity > taken ? capacity - taken : 0n;
  await warnOfThinStake(session, { collateral: terms.collateral, places }, token, output, signal);
  const isSame = before === capacity;
  const transactionHash = isSame ? null : await setCapacity(session, { offerId, capacity }, signal);
  const change = isSame ? `${capacity} already: nothing was sent` : `${capacity}, it was ${before}`;
  output.data(
    { offerId, capacity, before, taken, transactionHash },
    `offer ${offerId}: capacity ${change}; ${taken} taken`,
  );
}
