// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { createQueue, type Queue } from "./queue.ts";

describe("queue", () => {
  const { signal } = new AbortController();
  let queue: Queue;

  beforeEach(() => {
    queue = createQueue();
  });

  it("does one thing at a time, in the order of the calls", async () => {
    const log: string[] = [];
    const work = (name: string, turns: number) => async () => {
      log.push(`${name} begins`);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      log.push(`${name} ends`);
      return name;
    };
    const answers = await Promise.all([queue(signal, work("a", 9)), queue(signal, work("b", 1))]);
    expect(answers).to.deep.equal(["a", "b"]);
    expect(log).to.deep.equal(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("goes on after a failure, which only its caller hears of", async () => {
    const failing = queue(signal, () => Promise.reject(new Error("broken")));
    const next = queue(signal, async () => "fine");
    expect(await failing.catch((error: unknown) => error)).to.have.property("message", "broken");
    expect(await next).to.equal("fine");
  });

  it("never begins what was given up while it waited, and tells its caller at once", async () => {
    let release = (): void => undefined;
    let begun = false;
    const giveUp = new AbortController();
    const first = queue(signal, () => new Promise<void>((resolve) => (release = resolve)));
    const second = queue(giveUp.signal, async () => {
      begun = true;
    });
    const third = queue(signal, async () => "third");
    giveUp.abort(new Error("over"));
    expect(await second.catch((error: unknown) => error)).to.have.property("message", "over");
    release();
    await first;
    expect(await third).to.equal("third");
    expect(begun).to.equal(false);
  });

  it("does not begin the next piece while one that was given up is still at work", async () => {
    let release = (): void => undefined;
    const giveUp = new AbortController();
    const first = queue(giveUp.signal, () => new Promise<void>((resolve) => (release = resolve)));
    let begun = false;
    const second = queue(signal, async () => {
      begun = true;
    });
    await Promise.resolve();
    giveUp.abort(new Error("over"));
    await first.catch(() => undefined);
    expect(begun).to.equal(false);
    release();
    await second;
    expect(begun).to.equal(true);
  });
});
