// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { failureOfExits, judgeExits, type Exit } from "./exits.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = 1_000 * HOUR;

/** An exit that many milliseconds after the start of time, after a run of so many. */
function exit(at: number, ranFor = 0, changes: Partial<Exit> = {}): Exit {
  const times = { startedAt: START + at - ranFor, finishedAt: START + at };
  return { service: "web", containerId: "id", ...times, exitCode: 1, oomKilled: false, ...changes };
}

const loop = [0, 1, 2, 3, 4].map((minute) => exit(minute * MINUTE));
const now = START + 5 * MINUTE;

describe("restarts after exits", () => {
  it("need no patience where nothing has ended", () => {
    expect(judgeExits([], null, now)).to.deep.equal({ notBefore: 0, isUnhealthy: false });
  });

  it("come at once after a run of a minute, and twice as late with each quick exit in a row, up to ten minutes", () => {
    const waitAfter = (exits: readonly Exit[]): number =>
      judgeExits(exits, null, now).notBefore - (exits.at(-1)?.finishedAt ?? 0);
    expect(waitAfter([exit(0, MINUTE)])).to.equal(0);
    expect(waitAfter([exit(0, MINUTE - 1)])).to.equal(SECOND);
    expect(waitAfter([exit(0, MINUTE), exit(1), exit(2)])).to.equal(2 * SECOND);
    expect(waitAfter([exit(0), exit(1), exit(2), exit(3, MINUTE)])).to.equal(0);
    const quick = [0, 1, 2, 3, 4, 5, 6].map((hour) => exit(hour * 2 * HOUR));
    expect(waitAfter(quick)).to.equal(64 * SECOND);
    expect(
      waitAfter([...quick, ...quick.map((each) => ({ ...each, finishedAt: each.finishedAt + 1 }))]),
    ).to.equal(10 * MINUTE);
  });

  it("are never more than eight in an hour, however long each run was", () => {
    const exits = Array.from({ length: 8 }, (_, index) => exit((index + 1) * 2 * MINUTE, 2 * MINUTE));
    const firstStart = exits[0]?.startedAt ?? 0;
    expect(judgeExits(exits.slice(1), null, now).notBefore).to.equal(exits.at(-1)?.finishedAt);
    expect(judgeExits(exits, null, now).notBefore).to.equal(firstStart + HOUR);
  });

  it("are never more than eight in an hour over a whole day of a service that always ends", () => {
    for (const run of [0, 100, 61 * SECOND, 5 * MINUTE]) {
      const starts = [START];
      const exits: Exit[] = [];
      while ((starts.at(-1) ?? 0) < START + 24 * HOUR) {
        const startedAt = starts.at(-1) ?? 0;
        exits.push({ ...exit(0), startedAt, finishedAt: startedAt + run });
        starts.push(Math.max(startedAt + run, judgeExits(exits, null, startedAt + run).notBefore));
      }
      for (const start of starts) {
        const inHour = starts.filter((each) => each >= start && each < start + HOUR).length;
        expect(inHour, `${run} ms`).to.be.at.most(8);
      }
    }
  });
});

describe("a workload is unhealthy", () => {
  it("from the fifth exit within ten minutes on, and not from the fourth", () => {
    expect(judgeExits(loop.slice(1), null, now).isUnhealthy).to.equal(false);
    expect(judgeExits(loop, null, now).isUnhealthy).to.equal(true);
  });

  it("not where the five are further apart, to the millisecond", () => {
    const spread = (last: number) => [0, 1, 2, 3, last].map((at) => exit(at));
    expect(judgeExits(spread(10 * MINUTE), null, now).isUnhealthy).to.equal(true);
    expect(judgeExits(spread(10 * MINUTE + 1), null, now).isUnhealthy).to.equal(false);
  });

  it("also where each run took more than a minute", () => {
    const slow = [2, 4, 6, 8, 10].map((minute) => exit(minute * MINUTE, 2 * MINUTE));
    expect(judgeExits(slow, null, START + 10 * MINUTE).isUnhealthy).to.equal(true);
  });

  it("while it waits for its next start, however long, and until it has run for a minute", () => {
    const later = [...loop, exit(20 * MINUTE), exit(40 * MINUTE)];
    expect(judgeExits(later, null, START + 50 * MINUTE).isUnhealthy).to.equal(true);
    const since = START + 50 * MINUTE;
    expect(judgeExits(later, since, since + MINUTE - 1).isUnhealthy).to.equal(true);
    expect(judgeExits(later, since, since + MINUTE).isUnhealthy).to.equal(false);
  });

  it("no longer once a run of a minute has come between", () => {
    expect(judgeExits([...loop, exit(20 * MINUTE, MINUTE)], null, START + 21 * MINUTE).isUnhealthy).to.equal(
      false,
    );
  });
});

describe("a tenant is told", () => {
  it("nothing of a service that never ended, or ended well", () => {
    expect(failureOfExits([], false)).to.equal(null);
    expect(failureOfExits([exit(0, 0, { exitCode: 0 })], false)).to.equal(null);
  });

  it("the exit code", () => {
    const failure = failureOfExits([exit(0, 0, { exitCode: 3 })], false);
    expect(failure).to.deep.equal({
      code: "E_SERVICE_EXITED",
      message: "Service web ended with exit code 3.",
    });
  });

  it("that it was memory, whatever the exit code, in a loop as well", () => {
    const failure = failureOfExits([exit(0, 0, { exitCode: 137, oomKilled: true })], false);
    expect(failure?.code).to.equal("E_SERVICE_OUT_OF_MEMORY");
    expect(failure?.message).to.contain("more memory than its limit");
    const looping = failureOfExits([exit(0, 0, { exitCode: 137, oomKilled: true })], true);
    expect(looping?.code).to.equal("E_SERVICE_OUT_OF_MEMORY");
    expect(looping?.message).to.contain("nothing is paid");
  });

  it("that it crashes in a loop, and that this costs nothing, with whatever code", () => {
    for (const exitCode of [0, 1]) {
      const failure = failureOfExits([exit(0, 0, { exitCode })], true);
      expect(failure?.code).to.equal("E_SERVICE_CRASH_LOOP");
      expect(failure?.message).to.contain("5 times in 10m: nothing is paid until it has run for a minute");
    }
  });
});
