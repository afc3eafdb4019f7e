// SPDX-License-Identifier: Apache-2.0
import type { Address } from "viem";
import type { MarketSession } from "./session.ts";
import type { Token } from "./token.ts";
import { readToken } from "./token.ts";

/** Reads each token once, however often it is asked for. */
export function createTokenReader(
  session: MarketSession,
  signal: AbortSignal,
): (address: Address) => Promise<Token> {
  const tokens = new Map<Address, Promise<Token>>();
  return (address) => {
    const token = tokens.get(address) ?? readToken(session, address, signal);
    tokens.set(address, token);
    return token;
  };
}
