// SPDX-License-Identifier: Apache-2.0
import { escrowWords } from "./escrow-words.ts";
import { leaseWords } from "./lease-words.ts";
import { offerWords } from "./offer-words.ts";
import { providerWords } from "./provider-words.ts";
import { tokenWords } from "./token-words.ts";
import type { RevertTable } from "./words.ts";

/** Words for every custom error that a call of the market can end with. */
export const revertWords: RevertTable = {
  ...escrowWords,
  ...providerWords,
  ...offerWords,
  ...leaseWords,
  ...tokenWords,
};
