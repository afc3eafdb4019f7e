// SPDX-License-Identifier: Apache-2.0
import { type Address, type Hex, isHex, type LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import {
  keyFileExposed,
  keyFileUnreadable,
  keyInvalid,
  keystoreInvalid,
  passwordMissing,
} from "./key-errors.ts";
import type { KeyWords } from "./key-words.ts";
import { decryptKeystore, encryptKeystore, isKeystore, keystoreAddress } from "./keystore.ts";
import { type PrivateText, readPrivateFile, writePrivateFile } from "./private-file.ts";

const KEY_LENGTH = 66;

/** Asked for a password when a keystore is to be opened; empty means that there is none. */
export type PasswordSource = () => string | Promise<string>;

/**
 * The account of a key file, which nobody else may read: a private key, or a keystore and its password. Throws UserError
 * E_KEY_FILE_UNREADABLE, E_KEY_FILE_EXPOSED, E_KEY_INVALID, E_KEYSTORE_INVALID, E_PASSWORD_MISSING or E_PASSWORD_WRONG, and what
 * the source of the password throws; none quotes a secret.
 */
export async function openKeyFile(
  path: string,
  password: PasswordSource,
  words: KeyWords,
): Promise<LocalAccount> {
  return accountOfKey(await readKey(path, password, words), path);
}

/** The key itself, to be written anew. Throws as {@link openKeyFile}. */
export async function readKey(path: string, password: PasswordSource, words: KeyWords): Promise<Hex> {
  const text = readText(path, words);
  if (!isKeystore(text)) return parseKey(text, path);
  const said = await password();
  if (said === "") throw passwordMissing(path, words);
  return decryptKeystore(text, said, path);
}

/** Whose key a file holds, without a password. Throws as {@link openKeyFile}. */
export function addressOfKeyFile(path: string, words: KeyWords): Address {
  const text = readText(path, words);
  if (!isKeystore(text)) return accountOfKey(text, path).address;
  const address = keystoreAddress(text, path);
  if (address === undefined) throw keystoreInvalid(path, "it does not name its address");
  return address;
}

/** True when a file holds a keystore rather than a plain key. Throws as {@link openKeyFile}. */
export function isKeystoreFile(path: string, words: KeyWords): boolean {
  return isKeystore(readText(path, words));
}

/** Writes a key as a keystore and answers whose it is. Throws UserError E_FILE_EXISTS or E_KEY_FILE_UNWRITABLE. */
export async function writeKeystore(path: string, key: Hex, password: string): Promise<Address> {
  writePrivateFile(path, await encryptKeystore(key, password));
  return privateKeyToAccount(key).address;
}

/** The account of a private key in text. Throws UserError E_KEY_INVALID, which names `origin` and not the key. */
export function accountOfKey(text: string, origin: string): LocalAccount {
  return privateKeyToAccount(parseKey(text, origin));
}

function parseKey(text: string, origin: string): Hex {
  const key = text.trim();
  try {
    if (key.length === KEY_LENGTH && isHex(key) && privateKeyToAccount(key)) return key;
  } catch {
    throw keyInvalid(origin);
  }
  throw keyInvalid(origin);
}

function readText(path: string, words: KeyWords): string {
  let content: PrivateText;
  try {
    content = readPrivateFile(path);
  } catch (cause) {
    throw keyFileUnreadable(path, words, cause);
  }
  if (content.isExposed) throw keyFileExposed(path, words);
  return content.text;
}
