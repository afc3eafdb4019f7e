// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { isAddressEqual } from "viem";
import type { MarketChain } from "../ports/market-chain.ts";

/**
 * Throws UserError E_NOT_OPERATOR unless the contract takes the provider's daemon from this account: his operator, or himself. A daemon
 * that was overtaken is let through: whoever named another operator shut its instance out in the same act, and it is to stand still.
 */
export async function requireOperator(
  chain: Pick<MarketChain, "head" | "provider">,
  provider: `0x${string}`,
  account: `0x${string}`,
  isOvertakenBy: (instance: number) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { operator, instance } = await chain.provider(await chain.head(signal), signal);
  if (isAddressEqual(operator, account) || isAddressEqual(provider, account)) return;
  if (isOvertakenBy(Number(instance))) return;
  throw new UserError(
    "E_NOT_OPERATOR",
    `The key is of ${account}, and the operator of ${provider} is ${operator}.`,
    {
      atRisk:
        "nothing: the daemon does not start, and the contract would refuse every transaction of this key",
      next: "Configure the operator's key (BERTH_OPERATOR_KEY_FILE, or BERTH_OPERATOR_SIGNER_URL and BERTH_OPERATOR_ADDRESS), or name this account operator with `berth provider rotate-operator`.",
      facts: { account, operator, provider },
    },
  );
}
