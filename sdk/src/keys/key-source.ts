// SPDX-License-Identifier: Apache-2.0
import type { Address, LocalAccount } from "viem";
import { externalSigner } from "./external-signer.ts";
import { accountOfKey, addressOfKeyFile, openKeyFile, type PasswordSource } from "./key-file.ts";
import type { KeyWords } from "./key-words.ts";

/** Where an account's signatures come from. */
export type KeySource =
  | { readonly kind: "file"; readonly path: string; readonly password: PasswordSource }
  | { readonly kind: "signer"; readonly url: string; readonly address: Address }
  /** The key itself; `origin` is the variable that holds it. */
  | { readonly kind: "key"; readonly key: string; readonly origin: string };

/**
 * The account that signs. The signal ends what an external signer is asked. Throws what `openKeyFile` throws; whether a signer
 * answers is seen when it is asked.
 */
export async function openAccount(
  source: KeySource,
  words: KeyWords,
  signal: AbortSignal,
): Promise<LocalAccount> {
  if (source.kind === "file") return openKeyFile(source.path, source.password, words);
  if (source.kind === "key") return accountOfKey(source.key, source.origin);
  return externalSigner({ ...source, signal });
}

/** Whose signatures they are, without a password and without asking a signer. Throws as {@link openAccount}. */
export function addressOfSource(source: KeySource, words: KeyWords): Address {
  if (source.kind === "file") return addressOfKeyFile(source.path, words);
  if (source.kind === "key") return accountOfKey(source.key, source.origin).address;
  return source.address;
}
