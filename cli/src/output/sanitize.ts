// SPDX-License-Identifier: Apache-2.0
import { stripVTControlCharacters } from "node:util";

const UNSAFE = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * Text that cannot steer a terminal: escape sequences, control characters and marks that reorder text are taken out, line breaks and
 * tabs stay. Whatever a provider, a token or a workload wrote passes through here before it is shown.
 */
export function sanitize(text: string): string {
  return stripVTControlCharacters(text).replace(UNSAFE, "");
}
