// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { Address } from "viem";
import type { CommandContext } from "../context.ts";
import type { SigningSession } from "../flows/session.ts";
import { unknownProvider } from "../flows/unknown.ts";
import { connectSigning } from "./connect.ts";

/** The market with the owner's key of the provider. Throws UserError E_KEY_NOT_OWNER where another provider is configured. */
export async function connectOwner(context: CommandContext): Promise<SigningSession> {
  const session = await connectSigning(context);
  const provider = context.config.get("provider");
  const account = session.wallet.account.address;
  if (provider !== undefined && provider !== account) throw notOwner(account, provider);
  return session;
}

/** Throws UserError E_PROVIDER_UNKNOWN unless the account has registered: asked before an allowance is given. */
export async function requireRegistered(
  { market }: SigningSession,
  provider: Address,
  signal: AbortSignal,
): Promise<void> {
  const { reportPeriod } = await market.providerOf(provider, { signal });
  if (reportPeriod > 0n) return;
  throw unknownProvider(provider);
}

function notOwner(account: Address, provider: Address): UserError {
  return new UserError("E_KEY_NOT_OWNER", `The key is that of ${account}, and the provider is ${provider}.`, {
    atRisk: "nothing: nothing was sent",
    next: "Use the owner's key (keyFile), or correct provider: the operator's key can do nothing here.",
    facts: { account, provider },
  });
}
