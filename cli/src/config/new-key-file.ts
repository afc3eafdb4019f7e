// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Address } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

/**
 * Writes a new private key into a file that only its owner may read, and answers its address: for local development, where a
 * keystore would need a password. A key that is there already is moved aside.
 */
export function createKeyFile(path: string): Address {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  moveAside(path);
  const key = generatePrivateKey();
  writeFileSync(path, `${key}\n`, { mode: 0o600, flag: "wx", flush: true });
  return privateKeyToAccount(key).address;
}

/** Gives a file that is there another name. A key is never destroyed: it may still hold money. */
export function moveAside(path: string): void {
  if (existsSync(path)) renameSync(path, unusedName(path));
}

function unusedName(path: string): string {
  let number = 1;
  while (existsSync(`${path}.old-${number}`)) number += 1;
  return `${path}.old-${number}`;
}
