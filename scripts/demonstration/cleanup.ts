// SPDX-License-Identifier: Apache-2.0

/** What must be undone at the end, whatever happens: the last thing set up goes first, and a failure holds up none of the rest. */
export class Cleanup {
  readonly #steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Undoes everything that is not undone yet; answers what could not be. */
  async run(): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    return failures;
  }
}
