// SPDX-License-Identifier: Apache-2.0
import { quoteTypedData } from "@berth/sdk";
import type { TypedDataDomain } from "ethers";
import { type Address, type Hash, hashTypedData } from "viem";
import type { Quote } from "./quotes.ts";

/** The digest of a quote as the sdk and viem make it. */
export function digestByViem({ chainId, verifyingContract }: TypedDataDomain, quote: Quote): string {
  const market = { chainId: Number(chainId), address: verifyingContract as Address };
  return hashTypedData(
    quoteTypedData(market, {
      ...quote,
      tenant: quote.tenant as Address,
      resourcesHash: quote.resourcesHash as Hash,
      salt: quote.salt as Hash,
    }),
  );
}
