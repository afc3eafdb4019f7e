// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { connectOwner } from "../../chain/owner.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { closeOffer, requireOwnOffer } from "../../flows/own-offer.ts";
import { parseWhole } from "../../input/units.ts";
import { leasesText } from "../../output/drain-text.ts";

/** `berth provider close-offer`: takes an offer back, for ever. */
export function addCloseOffer(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("close-offer")
    .description("close an offer for ever; leases under it go on")
    .argument("<offer>", "number of the offer", parseWhole)
    .option("--yes", "do not ask");
  bind(command, runCloseOffer);
}

async function runCloseOffer(
  context: CommandContext,
  [offerId]: readonly [bigint],
  { yes = false }: { readonly yes?: boolean },
): Promise<void> {
  const { output, prompt, signal } = context;
  const session = await connectOwner(context);
  const { taken } = await requireOwnOffer(session, offerId, signal);
  const open = `open under it and going on: ${leasesText(Number(taken))}`;
  await prompt.confirm(`Close offer ${offerId} for ever? A capacity of 0 can be undone. ${open}.`, yes);
  const transactionHash = await closeOffer(session, offerId, signal);
  output.data({ offerId, taken, transactionHash }, `offer ${offerId} is closed for ever; ${open}`);
}
