// SPDX-License-Identifier: Apache-2.0

/** What a contestant is to read. */
export interface Task {
  readonly url: string;
  readonly chainId: number;
  readonly market: `0x${string}`;
  readonly provider: `0x${string}`;
  readonly toBlock: number;
  /** Parameters of `eth_getLogs`, page by page, as the daemon asks for them. */
  readonly pages: readonly string[];
}

/** How a round went. */
export interface Round {
  readonly milliseconds: number;
  /** Events that were read, or logs where none is decoded. */
  readonly events: number;
}

/** Answers each task that comes with a round of the reader, for as long as the parent wants. */
export function serveRounds(read: (task: Task) => Promise<number>): void {
  process.on("message", (task: Task) => {
    globalThis.gc?.();
    const startedAt = performance.now();
    void read(task).then((events) => {
      const round: Round = { milliseconds: performance.now() - startedAt, events };
      process.send?.(round);
    });
  });
  process.once("disconnect", () => process.exit(0));
}
