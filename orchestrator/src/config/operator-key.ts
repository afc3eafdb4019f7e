// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from "node:fs";
import { UserError } from "@berth/sdk";
import { isHex, type PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const OTHERS_MAY = 0o077;
const KEY_LENGTH = 66;

/**
 * The operator's account out of a file that holds its private key, 0x and 64 hexadecimal digits, and that nobody else may read.
 * UserError E_KEY_FILE_UNREADABLE, E_KEY_FILE_EXPOSED or E_KEY_INVALID; none quotes the key.
 */
export function readOperatorKey(path: string): PrivateKeyAccount {
  const key = readPrivate(path).trim();
  if (key.length === KEY_LENGTH && isHex(key)) {
    try {
      return privateKeyToAccount(key);
    } catch {
      throw invalidKey(path);
    }
  }
  throw invalidKey(path);
}

function readPrivate(path: string): string {
  let mode: number;
  let content: string;
  try {
    mode = statSync(path).mode;
    content = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UserError("E_KEY_FILE_UNREADABLE", `The operator's key file ${path} cannot be read.`, {
      atRisk: "nothing: nothing was signed",
      next: "Name a file that exists and that the daemon may read in BERTH_OPERATOR_KEY_FILE.",
      facts: { path },
      cause,
    });
  }
  if (process.platform === "win32" || (mode & OTHERS_MAY) === 0) return content;
  throw new UserError(
    "E_KEY_FILE_EXPOSED",
    `Others on this machine may read the operator's key file ${path}.`,
    {
      atRisk: "what the operator may do: reports, starts and closes of leases; neither stake nor earnings",
      next: `chmod 600 ${path}; if others had access, name a new operator.`,
      facts: { path },
    },
  );
}

function invalidKey(path: string): UserError {
  return new UserError("E_KEY_INVALID", `The file ${path} holds no private key.`, {
    atRisk: "nothing: nothing was signed",
    next: "Write the operator's private key into it: 0x and 64 hexadecimal digits.",
    facts: { path },
  });
}
