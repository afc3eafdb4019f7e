// SPDX-License-Identifier: Apache-2.0
import type { Engine } from "./client.ts";

interface Progress {
  readonly error?: string;
}

/**
 * Follows a pull or build to its end; `moved` is called with every line. Gives the first error that the engine reports inside
 * the stream, or null; rejects when the stream itself breaks off.
 */
export function endOfProgress<Line extends object>(
  engine: Engine,
  stream: NodeJS.ReadableStream,
  moved: (line: Line) => void,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const end = (error: Error | null, lines: readonly Progress[]) =>
      error === null ? resolve(lines.find((line) => line.error !== undefined)?.error ?? null) : reject(error);
    engine.docker.modem.followProgress(stream, end, moved);
  });
}
