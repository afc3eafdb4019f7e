// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";
import type { KeyWords } from "./key-words.ts";

const NOTHING_SIGNED = "nothing: nothing was signed";

export function keyFileUnreadable(path: string, words: KeyWords, cause: unknown): UserError {
  return new UserError("E_KEY_FILE_UNREADABLE", `The file of the ${words.key}, ${path}, cannot be read.`, {
    atRisk: NOTHING_SIGNED,
    next: `Name a file that exists and that this account may read with ${words.fileSetting}.`,
    facts: { path },
    cause,
  });
}

export function keyFileExposed(path: string, words: KeyWords): UserError {
  return new UserError(
    "E_KEY_FILE_EXPOSED",
    `Other accounts of this machine may read the file of the ${words.key}, ${path}.`,
    {
      atRisk: words.atRisk,
      next: `chmod 600 ${path}; if others had access, put a new key in its place.`,
      facts: { path },
    },
  );
}

export function keyInvalid(origin: string): UserError {
  return new UserError(
    "E_KEY_INVALID",
    `${origin} holds neither a private key, 0x and 64 hexadecimal digits, nor a keystore.`,
    {
      atRisk: NOTHING_SIGNED,
      next: `Put the key into ${origin}, or name another file; \`berth key new\` makes a keystore.`,
      facts: { origin },
    },
  );
}

/** `what` goes on after "cannot be opened:", and quotes nothing out of the file. */
export function keystoreInvalid(origin: string, what: string): UserError {
  return new UserError("E_KEYSTORE_INVALID", `The keystore ${origin} cannot be opened: ${what}.`, {
    atRisk: NOTHING_SIGNED,
    next: "Take the file from your backup, or make a new one with `berth key import`: version 3, scrypt, aes-128-ctr.",
    facts: { origin },
  });
}

export function passwordWrong(origin: string): UserError {
  return new UserError(
    "E_PASSWORD_WRONG",
    `The password does not open the keystore ${origin}, or the file is damaged.`,
    {
      atRisk: NOTHING_SIGNED,
      next: "Give the password that the keystore was made with; a password file may end with one line break and no more.",
      facts: { origin },
    },
  );
}

export function passwordMissing(path: string, words: KeyWords): UserError {
  return new UserError("E_PASSWORD_MISSING", `The keystore ${path} needs a password, and there is none.`, {
    atRisk: NOTHING_SIGNED,
    next: `Write the password into a file of mode 0600 and name it with ${words.passwordSetting}. A password is never a flag.`,
    facts: { path },
  });
}

export function passwordFileUnreadable(path: string, words: KeyWords, cause: unknown): UserError {
  return new UserError("E_PASSWORD_FILE_UNREADABLE", `The password file ${path} cannot be read.`, {
    atRisk: NOTHING_SIGNED,
    next: `Name a file that exists and that this account may read with ${words.passwordSetting}.`,
    facts: { path },
    cause,
  });
}

export function passwordFileExposed(path: string, words: KeyWords): UserError {
  return new UserError(
    "E_PASSWORD_FILE_EXPOSED",
    `Other accounts of this machine may read the password file ${path}.`,
    {
      atRisk: `with the keystore: ${words.atRisk}`,
      next: `chmod 600 ${path}; if others had access to it and to the keystore, put a new key in its place.`,
      facts: { path },
    },
  );
}

export function fileExists(path: string): UserError {
  return new UserError("E_FILE_EXISTS", `${path} is there already.`, {
    atRisk: "nothing: nothing was written",
    next: "Choose another name, or move the file away: a key is never written over.",
    facts: { path },
  });
}

export function keyFileUnwritable(path: string, cause: unknown): UserError {
  return new UserError("E_KEY_FILE_UNWRITABLE", `${path} cannot be written.`, {
    atRisk: "nothing: no key was made",
    next: "Choose a folder in which this account may write.",
    facts: { path },
    cause,
  });
}
