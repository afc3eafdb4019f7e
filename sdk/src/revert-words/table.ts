// SPDX-License-Identifier: Apache-2.0
import { delegateWords } from "./delegate-words.ts";
import { disputeWords } from "./dispute-words.ts";
import { escrowWords } from "./escrow-words.ts";
import { leaseWords } from "./lease-words.ts";
import { offerWords } from "./offer-words.ts";
import { providerWords } from "./provider-words.ts";
import { quoteWords } from "./quote-words.ts";
import { tokenWords } from "./token-words.ts";
import type { RevertTable } from "./words.ts";

/** Words for every custom error that a call of the market can end with. */
export const revertWords: RevertTable = {
  ...escrowWords,
  ...providerWords,
  ...offerWords,
  ...quoteWords,
  ...delegateWords,
  ...leaseWords,
  ...disputeWords,
  ...tokenWords,
};
