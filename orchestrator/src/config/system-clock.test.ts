// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { systemClock } from "./system-clock.ts";

describe("system clock", () => {
  it("has a monotonic time that begins with the wall clock's and goes on without it", () => {
    expect(systemClock.monotonic()).to.be.closeTo(systemClock.now(), 5_000);
    const { now } = Date;
    const before = systemClock.monotonic();
    try {
      Date.now = () => now() - 3_600_000;
      expect(systemClock.now()).to.be.below(before - 3_000_000);
      expect(systemClock.monotonic()).to.be.within(before, before + 5_000);
    } finally {
      Date.now = now;
    }
  });

  it("tells whole milliseconds, as the journal keeps them", () => {
    for (let times = 0; times < 100; times += 1)
      for (const time of [systemClock.now(), systemClock.monotonic()]) expect(time % 1).to.equal(0);
  });

  it("sleeps as long as it is told to", async () => {
    const before = systemClock.now();
    await systemClock.sleep(30, new AbortController().signal);
    expect(systemClock.now() - before).to.be.within(25, 1_000);
  });

  it("wakes at once with the reason of whoever aborts, before and during the sleep", async () => {
    const reason = new Error("over");
    const during = new AbortController();
    const sleeping = systemClock.sleep(60_000, during.signal);
    during.abort(reason);
    expect(await sleeping.catch((error: unknown) => error)).to.equal(reason);
    const asleep = systemClock.sleep(60_000, AbortSignal.abort(reason));
    expect(await asleep.catch((error: unknown) => error)).to.equal(reason);
  });
});
