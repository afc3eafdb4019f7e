// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ManualClock } from "../test/manual-clock.ts";
import { Watchdog } from "./watchdog.ts";

const never = new AbortController().signal;

/** A loop that sleeps for a second and then works until it is let go. */
function looping() {
  const clock = new ManualClock();
  const watchdog = new Watchdog(clock);
  const pass = (milliseconds: number): Promise<void> => clock.advance(milliseconds);
  return { clock, watchdog, pass, own: watchdog.clockOf("meter", 5_000) };
}

describe("watchdog", () => {
  it("names the loop that stands still, and for how long, and no other", async () => {
    const { watchdog, own, pass } = looping();
    const other = watchdog.clockOf("reporter", 60_000);
    void other.sleep(3_600_000, never);
    await own.sleep(0, never);
    await pass(5_000);
    expect(watchdog.stalled()).to.deep.equal([]);
    await pass(1);
    expect(watchdog.stalled()).to.deep.equal([{ loop: "meter", forMs: 5_001 }]);
  });

  it("expects nothing of a loop that was to end, once it has", async () => {
    const { watchdog, own, pass } = looping();
    const end = new AbortController();
    watchdog.clockOf("reporter", 1_000, end.signal);
    void own.sleep(3_600_000, never);
    await pass(1_001);
    expect(watchdog.stalled().map(({ loop }) => loop)).to.deep.equal(["reporter"]);
    end.abort();
    expect(watchdog.stalled()).to.deep.equal([]);
    watchdog.clockOf("another", 1_000, end.signal);
    await pass(1_001);
    expect(watchdog.stalled()).to.deep.equal([]);
  });

  it("forgives a loop as soon as it turns again", async () => {
    const { watchdog, own, pass } = looping();
    await pass(9_000);
    expect(watchdog.stalled()).to.have.length(1);
    void own.sleep(1_000, never);
    expect(watchdog.stalled()).to.deep.equal([]);
  });

  it("lets a loop sleep for as long as it said, and names it when it oversleeps", async () => {
    const clock = new ManualClock();
    const asleep = {
      now: () => 0,
      monotonic: () => clock.monotonic(),
      sleep: () => new Promise<void>(() => undefined),
    };
    const watchdog = new Watchdog(asleep);
    void watchdog.clockOf("meter", 5_000).sleep(3_600_000, never);
    await clock.advance(3_605_000);
    expect(watchdog.stalled()).to.deep.equal([]);
    await clock.advance(1);
    expect(watchdog.stalled()).to.have.length(1);
  });

  it("counts a sleep that was cut short from where it was cut", async () => {
    const { watchdog, own, pass } = looping();
    const bell = new AbortController();
    const slept = own.sleep(3_600_000, bell.signal).catch(() => undefined);
    bell.abort();
    await slept;
    await pass(5_001);
    expect(watchdog.stalled()).to.have.length(1);
  });

  it("calls nothing dead because the machine's clock was set", async () => {
    const { clock, watchdog, own } = looping();
    void own.sleep(7_200_000, never);
    for (const step of [3_600_000, -7_200_000]) {
      clock.step(step);
      expect(watchdog.stalled()).to.deep.equal([]);
    }
  });
});
