// SPDX-License-Identifier: Apache-2.0
import { randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import * as Keystore from "ox/Keystore";
import { type Address, bytesToHex, getAddress, type Hex, isAddressEqual } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { keystoreInvalid, passwordWrong } from "./key-errors.ts";
import { keystoreSchema } from "./keystore-schema.ts";

/** What a new keystore costs to open, the standard of geth: 256 MiB of memory and about a second. */
const COST = { n: 262_144, r: 8, p: 1, dklen: 32 } as const;
const SALT_BYTES = 32;
const IV_BYTES = 16;
const BYTES_PER_BLOCK = 128;

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);

type Parameters = Keystore.ScryptDeriveOpts["kdfparams"];

interface ScryptKeystore extends Keystore.Keystore {
  readonly crypto: Keystore.Keystore["crypto"] & { readonly kdfparams: Parameters };
}

/**
 * Encrypts a private key as a keystore: Web3 secret storage, version 3, scrypt. The address stands in it openly, so that nobody
 * needs the password to see whose it is.
 */
export async function encryptKeystore(key: Hex, password: string): Promise<string> {
  const kdfparams = { ...COST, salt: randomBytes(SALT_BYTES).toString("hex") };
  const address = privateKeyToAddress(key).slice(2).toLowerCase();
  const options = { kdf: "scrypt", kdfparams, iv: new Uint8Array(randomBytes(IV_BYTES)) } as const;
  const keystore = Keystore.encrypt(key, await nodeKey(kdfparams, password), options);
  return `${JSON.stringify({ address, ...keystore }, null, 2)}\n`;
}

/**
 * The private key of a keystore. Throws UserError E_KEYSTORE_INVALID or E_PASSWORD_WRONG, which quote nothing out of it; `origin`
 * names it there.
 */
export async function decryptKeystore(text: string, password: string, origin: string): Promise<Hex> {
  const { address, ...keystore } = parseKeystore(text, origin);
  const derived = await derivedKey(keystore, password);
  const key = open(keystore, derived, origin);
  if (address !== undefined && !isAddressEqual(keyAddress(key, origin), address))
    throw keystoreInvalid(origin, "the address in it is not that of its key");
  return key;
}

/** Whose key a keystore holds, as it says itself; undefined where it does not. Throws UserError E_KEYSTORE_INVALID. */
export function keystoreAddress(text: string, origin: string): Address | undefined {
  return parseKeystore(text, origin).address;
}

/** True for text that means to be a keystore. */
export function isKeystore(text: string): boolean {
  return text.trimStart().startsWith("{");
}

function parseKeystore(
  text: string,
  origin: string,
): ScryptKeystore & { readonly address: Address | undefined } {
  const parsed = keystoreSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw keystoreInvalid(origin, `${issue?.path.join(".") || "the file"} ${issue?.message ?? "is wrong"}`);
  }
  const { address, ...keystore } = parsed.data;
  return { ...keystore, address: address === undefined ? undefined : getAddress(`0x${address}`) };
}

/** Undefined for what is no JSON: the parser's own error would quote the text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Derived by Node, off the main thread, where it can be. OpenSSL knows scrypt up to n = 2^(16 r) alone, and the files of many tools
 * are beyond that: ox derives those, and stops everything for seconds.
 */
async function derivedKey(keystore: ScryptKeystore, password: string): Promise<Keystore.Key> {
  const { n, r } = keystore.crypto.kdfparams;
  if (Math.log2(n) >= 16 * r) return Keystore.toKey(keystore, { password });
  return nodeKey(keystore.crypto.kdfparams, password);
}

async function nodeKey({ n, r, p, salt, dklen }: Parameters, password: string): Promise<Hex> {
  const maxmem = 2 * BYTES_PER_BLOCK * r * (n + p);
  return bytesToHex(await derive(password, Buffer.from(salt, "hex"), dklen, { N: n, r, p, maxmem }));
}

function open(keystore: Keystore.Keystore, derived: Keystore.Key, origin: string): Hex {
  try {
    return Keystore.decrypt(keystore, derived);
  } catch {
    throw passwordWrong(origin);
  }
}

function keyAddress(key: Hex, origin: string): Address {
  try {
    return privateKeyToAddress(key);
  } catch {
    throw keystoreInvalid(origin, "what it holds is no private key");
  }
}
