// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "../errors.ts";

const PIECE =
  /(?<space>\s+)|'(?<single>[^']*)'|"(?<double>(?:\\["\\$`]|[^"\\])*)"|\\(?<escaped>[^A-Za-z0-9\n])|(?<plain>[^\s'"\\;&|<>()`]+)/y;

/**
 * Splits a command into words by quotes and blanks, as Compose does: no shell runs. What a shell would act upon,
 * and every escape that Compose and a shell read differently, is a problem instead of a guess.
 */
export function splitWords(command: string): readonly string[] | Problem {
  const words: string[] = [];
  let word: string | null = null;
  let position = 0;
  while (position < command.length) {
    PIECE.lastIndex = position;
    const match = PIECE.exec(command);
    if (match === null) return problemAt(command, position);
    position = PIECE.lastIndex;
    if (match.groups?.["space"] === undefined) {
      word = (word ?? "") + textOf(match.groups ?? {});
    } else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  return word === null ? words : [...words, word];
}

function textOf(groups: Readonly<Record<string, string | undefined>>): string {
  const { single, double, escaped, plain } = groups;
  return single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "";
}

function problemAt(command: string, position: number): Problem {
  const character = command.charAt(position);
  const reason = /['"]/.test(character)
    ? `the quote at character ${position + 1} does not end, or has an escape in it that can be read in two ways`
    : `the "${character}" at character ${position + 1} needs a shell, and none runs`;
  return { reason, fix: 'write the command as a list: ["word", "word"], or ["sh", "-c", "..."] for a shell' };
}
