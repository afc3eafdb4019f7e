// SPDX-License-Identifier: Apache-2.0
import type { CallArgs, Quote } from "./calls.ts";
import { emit, type Context } from "./context.ts";
import { rateCheck } from "./offers.ts";
import { requireInstance, requireProvider } from "./providers.ts";
import { need, type Check } from "./refusal.ts";
import { quoteSigner } from "./signatures.ts";
import { keyOf, NOBODY, type Address, type Provider, type State } from "./state.ts";

export function isSpent(state: State, provider: Address, salt: string): boolean {
  return state.spentQuotes.has(keyOf(provider, salt));
}

/** What a quote needs to act on a lease of a tenant; `leaseId` is 0 for one that is being opened. */
export function quoteChecks(
  state: State,
  provider: Provider,
  { quote, signature }: { quote: Quote; signature: string },
  lease: { readonly id: bigint; readonly offerId: bigint; readonly tenant: Address },
): readonly Check[] {
  const { address, operator } = provider;
  const signer = quoteSigner(state, quote, signature);
  const named = quote.tenant === NOBODY || quote.tenant === lease.tenant;
  return [
    [lease.offerId === quote.offerId, "QuoteOfferMismatch", lease.offerId, quote.offerId],
    [lease.id === quote.leaseId, "QuoteLeaseMismatch", lease.id, quote.leaseId],
    [state.now <= quote.expiresAt, "QuoteExpired", state.now, quote.expiresAt],
    [named, "QuoteTenantMismatch", lease.tenant, quote.tenant],
    rateCheck(quote.milliRatePerSecond),
    [!isSpent(state, address, quote.salt), "QuoteSpent", address, quote.salt],
    [signer !== NOBODY && signer === operator, "QuoteSignerInvalid", address, signer, operator],
  ];
}

/** Uses a quote up. */
export function useQuote(context: Context, provider: Provider, quote: Quote, leaseId: bigint): void {
  const { salt, milliRatePerSecond, resourcesHash } = quote;
  context.state.spentQuotes.add(keyOf(provider.address, salt));
  emit(context, "QuoteUsed", provider.address, salt, leaseId, milliRatePerSecond, resourcesHash);
}

export function cancelQuote(context: Context, args: CallArgs["cancelQuote"]): void {
  const { state } = context;
  const [address, instance, salt] = args;
  const provider = requireProvider(state, address);
  requireInstance(context, provider, instance);
  need(!isSpent(state, address, salt), "QuoteSpent", address, salt);
  state.spentQuotes.add(keyOf(address, salt));
  emit(context, "QuoteCancelled", address, salt);
}
