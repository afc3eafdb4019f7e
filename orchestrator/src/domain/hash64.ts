// SPDX-License-Identifier: Apache-2.0

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** FNV-1a of the text's characters: the same place for the same name on every boot; no secret, and no proof of anything. */
export function hash64(text: string): bigint {
  return [...text].reduce(
    (hash, character) => BigInt.asUintN(64, (hash ^ BigInt(character.charCodeAt(0))) * FNV_PRIME),
    FNV_OFFSET,
  );
}
