// SPDX-License-Identifier: Apache-2.0

/** Turns of the event loop without a request after which nothing more is believed to come by itself. */
const CALM_TURNS = 24;
/** What the process itself has under way for somebody: files, connections, bytes that are being written. */
const UNDER_WAY = /Req|ConnectWrap|WriteWrap|ShutdownWrap/;

/** Requests under way: time may move on only when there are none, or it would overtake their answers. */
export class Traffic {
  #open = 0;
  readonly #whenClosed: (() => void)[] = [];
  readonly #others: readonly (() => number)[];

  /** `others` count requests that are watched elsewhere. */
  constructor(others: readonly (() => number)[] = []) {
    this.#others = others;
  }

  /** A request has come; what is answered must be called once when it is over, or is known to hang. */
  begin(): () => void {
    this.#open += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#open -= 1;
      if (this.#open === 0) for (const wake of this.#whenClosed.splice(0)) wake();
    };
  }

  /** Resolves when everybody waits for time to move on. */
  async calm(): Promise<void> {
    for (let turns = 0; turns < CALM_TURNS; turns += 1) {
      if (this.#open > 0) await new Promise<void>((resolve) => this.#whenClosed.push(resolve));
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (this.#open > 0 || this.#others.some((count) => count() > 0) || isBusy()) turns = -1;
    }
  }
}

function isBusy(): boolean {
  return process.getActiveResourcesInfo().some((resource) => UNDER_WAY.test(resource));
}
