// SPDX-License-Identifier: Apache-2.0
import { toBeHex } from "ethers";
import type { Permit, Quote } from "../model/calls.ts";
import { permitDigest, quoteDigest } from "../model/signatures.ts";
import type { Address, State, Token } from "../model/state.ts";
import type { Cast } from "./cast.ts";
import type { Dice } from "./dice.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

function keyOf(cast: Cast, account: Address) {
  const key = cast.keys.get(account);
  if (key === undefined) throw new Error(`nobody has the key of ${account}`);
  return key;
}

/** A quote's signature, whole. */
export function signQuote(state: State, cast: Cast, signer: Address, quote: Quote): string {
  return keyOf(cast, signer).sign(quoteDigest(state, quote)).serialized.toLowerCase();
}

/** A signature that must not count: cut, empty, of another recovery id, or the other of the two that fit. */
export function spoil(dice: Dice, signature: string): string {
  const high = toBeHex(ORDER - BigInt("0x" + signature.slice(66, 130)), 32).slice(2);
  const flipped = signature.endsWith("1b") ? "1c" : "1b";
  return dice.pick([
    "0x",
    signature.slice(0, 130),
    signature + "00",
    signature.slice(0, 130) + "02",
    signature.slice(0, 66) + high + flipped,
    signature.slice(0, 130) + flipped,
    "0x" + "00".repeat(65),
  ]);
}

/** A permit by a token's owner; good for a token that knows permits. */
export function signPermit(
  state: State,
  cast: Cast,
  token: Token,
  terms: {
    readonly owner: Address;
    readonly value: bigint;
    readonly deadline: bigint;
    readonly signer: Address;
  },
): Permit {
  const { v, r, s } = keyOf(cast, terms.signer).sign(permitDigest(state, token, terms));
  return { deadline: terms.deadline, v, r, s };
}
