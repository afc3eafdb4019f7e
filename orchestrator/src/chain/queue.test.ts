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
    const answers = await Promise.all([
      queue("start", signal, work("a", 9)),
      queue("start", signal, work("b", 1)),
    ]);
    expect(answers).to.deep.equal(["a", "b"]);
    expect(log).to.deep.equal(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("does first what is worth most of what waits, and of equals what was asked for first", async () => {
    const done: string[] = [];
    let release = (): void => undefined;
    const first = queue("close", signal, () => new Promise<void>((resolve) => (release = resolve)));
    await Promise.resolve();
    await Promise.resolve();
    const asked = (["close", "settle", "change", "start", "close", "report", "start"] as const).map(
      (worth, index) => queue(worth, signal, async () => void done.push(`${worth} ${index}`)),
    );
    release();
    await Promise.all([first, ...asked]);
    expect(done).to.deep.equal([
      "report 5",
      "start 3",
      "start 6",
      "change 2",
      "settle 1",
      "close 0",
      "close 4",
    ]);
  });

  it("goes on after a failure, which only its caller hears of", async () => {
    const failing = queue("start", signal, () => Promise.reject(new Error("broken")));
    const next = queue("start", signal, async () => "fine");
    expect(await failing.catch((error: unknown) => error)).to.have.property("message", "broken");
    expect(await next).to.equal("fine");
  });

  it("never begins what was given up while it waited, and tells its caller at once", async () => {
    let release = (): void => undefined;
    let begun = false;
    const giveUp = new AbortController();
    const first = queue("start", signal, () => new Promise<void>((resolve) => (release = resolve)));
    const second = queue("start", giveUp.signal, async () => {
      begun = true;
    });
    const third = queue("start", signal, async () => "third");
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
    const first = queue("start", giveUp.signal, () => new Promise<void>((resolve) => (release = resolve)));
    let begun = false;
    const second = queue("start", signal, async () => {
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
