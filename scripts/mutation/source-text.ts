// SPDX-License-Identifier: Apache-2.0

/** A piece of a file: where it begins and how long it is, in bytes, as the compiler counts. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** A source file cut and mended by bytes, which is how the compiler tells places. */
export class SourceText {
  readonly #bytes: Buffer;

  constructor(text: string) {
    this.#bytes = Buffer.from(text, "utf8");
  }

  /** The words at a place. */
  at({ start, length }: Span): string {
    return this.#bytes.subarray(start, start + length).toString("utf8");
  }

  /** The whole text with other words at one place. */
  replaced({ start, length }: Span, words: string): string {
    const before = this.#bytes.subarray(0, start).toString("utf8");
    return before + words + this.#bytes.subarray(start + length).toString("utf8");
  }

  /** Line of a byte, from 1. */
  lineAt(start: number): number {
    return this.#bytes.subarray(0, start).toString("utf8").split("\n").length;
  }
}

/** What lies between two places, the first one before the second. */
export function between(first: Span, second: Span): Span {
  const start = first.start + first.length;
  return { start, length: second.start - start };
}
