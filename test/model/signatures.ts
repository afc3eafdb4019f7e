// SPDX-License-Identifier: Apache-2.0
import { Signature, TypedDataEncoder, recoverAddress } from "ethers";
import type { TypedDataField } from "ethers";
import type { Permit, Quote } from "./calls.ts";
import { NOBODY, type Address, type State, type Token } from "./state.ts";

const QUOTE: Record<string, TypedDataField[]> = {
  Quote: [
    { name: "offerId", type: "uint256" },
    { name: "tenant", type: "address" },
    { name: "milliRatePerSecond", type: "uint256" },
    { name: "resourcesHash", type: "bytes32" },
    { name: "leaseId", type: "uint256" },
    { name: "expiresAt", type: "uint256" },
    { name: "salt", type: "bytes32" },
  ],
};

const PERMIT: Record<string, TypedDataField[]> = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** What an operator signs: the digest of a quote for this market on this chain. */
export function quoteDigest({ chainId, market }: State, quote: Quote): string {
  const domain = { name: "ComputeMarket", version: "1", chainId, verifyingContract: market };
  return TypedDataEncoder.hash(domain, QUOTE, quote);
}

/** Who signed a quote; nobody where the signature is malformed. */
export function quoteSigner(state: State, quote: Quote, signature: string): Address {
  return recovered(quoteDigest(state, quote), signature);
}

/** What a token's owner signs to let the market take so much. */
export function permitDigest(
  { chainId, market }: State,
  token: Token,
  { owner, value, deadline }: { owner: Address; value: bigint; deadline: bigint },
): string {
  const domain = { name: "Mock USD", version: "1", chainId, verifyingContract: token.address };
  const nonce = token.nonces.get(owner) ?? 0n;
  return TypedDataEncoder.hash(domain, PERMIT, { owner, spender: market, value, nonce, deadline });
}

/** Acts on a permit where it is good, and does nothing where it is not, or where the token knows none. */
export function tryPermit(state: State, token: Token, owner: Address, value: bigint, permit: Permit): void {
  const { deadline, v, r, s } = permit;
  if (token.kind !== "plain" || state.now > deadline) return;
  const signature = r + s.slice(2) + v.toString(16).padStart(2, "0");
  if (recovered(permitDigest(state, token, { owner, value, deadline }), signature) !== owner) return;
  token.nonces.set(owner, (token.nonces.get(owner) ?? 0n) + 1n);
  token.allowances.set(owner, value);
}

/** Strict: 65 bytes, 27 or 28 as recovery id, the lower of the two possible halves. */
function recovered(digest: string, signature: string): Address {
  const id = parseInt(signature.slice(130), 16);
  if (signature.length !== 132 || (id !== 27 && id !== 28)) return NOBODY;
  try {
    const parsed = Signature.from(signature);
    return recoverAddress(digest, parsed).toLowerCase();
  } catch {
    return NOBODY;
  }
}
