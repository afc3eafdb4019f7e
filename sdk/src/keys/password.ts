// SPDX-License-Identifier: Apache-2.0
import { passwordFileExposed, passwordFileUnreadable } from "./key-errors.ts";
import type { KeyWords } from "./key-words.ts";
import { type PrivateText, readPrivateFile } from "./private-file.ts";

/**
 * The password that a file holds, without the line break at its end. Throws UserError E_PASSWORD_FILE_UNREADABLE or
 * E_PASSWORD_FILE_EXPOSED.
 */
export function readPasswordFile(path: string, words: KeyWords): string {
  let content: PrivateText;
  try {
    content = readPrivateFile(path);
  } catch (cause) {
    throw passwordFileUnreadable(path, words, cause);
  }
  if (content.isExposed) throw passwordFileExposed(path, words);
  return content.text.replace(/\r?\n$/, "");
}
