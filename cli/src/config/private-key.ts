// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";
import { UserError } from "@berth/sdk";
import type { PrivateKeyAccount } from "viem";
import { isHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Config } from "./config.ts";

const KEY_HEX_LENGTH = 66;
const OTHERS_MAY = 0o077;

/** Variable of the environment that may hold the key itself. */
export const PRIVATE_KEY_VARIABLE = "BERTH_PRIVATE_KEY";

/**
 * The account that signs: --key-file, else BERTH_PRIVATE_KEY, else the key file of environment or configuration file. A key is never
 * a flag, where every process of the machine could read it. Throws UserError E_KEY_MISSING, E_KEY_FILE_UNREADABLE,
 * E_KEY_FILE_EXPOSED or E_KEY_INVALID; no message holds any part of the key.
 */
export function loadAccount(config: Config): PrivateKeyAccount {
  const inline = config.sources.environment[PRIVATE_KEY_VARIABLE];
  if (inline && config.sources.flags["keyFile"] === undefined) return accountOf(inline, PRIVATE_KEY_VARIABLE);
  const path = config.get("keyFile");
  if (path === undefined) throw missingKey();
  return readKeyFile(path);
}

/** True when a key is configured, whatever it is worth. */
export function hasKey(config: Config): boolean {
  return Boolean(config.sources.environment[PRIVATE_KEY_VARIABLE]) || config.get("keyFile") !== undefined;
}

/** The account of a key file, which nobody else may read. Throws as `loadAccount`. */
export function readKeyFile(path: string): PrivateKeyAccount {
  let text: string;
  try {
    if (process.platform !== "win32" && (statSync(path).mode & OTHERS_MAY) !== 0) throw exposed(path);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("E_KEY_FILE_UNREADABLE", `The key file ${path} cannot be read.`, {
      atRisk: "nothing: nothing was signed",
      next: "Name a file that exists with --key-file or BERTH_KEY_FILE.",
      facts: { path },
      cause: error,
    });
  }
  return accountOf(text, path);
}

function accountOf(text: string, origin: string): PrivateKeyAccount {
  const key = text.trim();
  try {
    if (key.length === KEY_HEX_LENGTH && isHex(key)) return privateKeyToAccount(key);
  } catch {
    throw invalidKey(origin);
  }
  throw invalidKey(origin);
}

function invalidKey(origin: string): UserError {
  return new UserError(
    "E_KEY_INVALID",
    `${origin} does not hold a private key: 0x and 64 hexadecimal digits.`,
    {
      atRisk: "nothing: nothing was signed",
      next: `Put the key of the account into ${origin}.`,
      facts: { origin },
    },
  );
}

function exposed(path: string): UserError {
  return new UserError(
    "E_KEY_FILE_EXPOSED",
    `Other accounts of this machine may read the key file ${path}.`,
    {
      atRisk: "everything that the key controls",
      next: `chmod 600 ${path}; if others had access, move the funds to a new key.`,
      facts: { path },
    },
  );
}

function missingKey(): UserError {
  const searched = `--key-file, ${PRIVATE_KEY_VARIABLE}, BERTH_KEY_FILE and keyFile in berth.config.json`;
  return new UserError("E_KEY_MISSING", `This command signs, and there is no key; looked for ${searched}.`, {
    atRisk: "nothing: nothing was signed",
    next: `Write the private key into a file of mode 0600 and name it with --key-file, or set ${PRIVATE_KEY_VARIABLE}.`,
    facts: { searched },
  });
}
