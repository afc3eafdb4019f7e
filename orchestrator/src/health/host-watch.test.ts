// SPDX-License-Identifier: Apache-2.0
import { RetryableError, type HostCapabilities } from "@berth/sdk";
import { expect } from "chai";
import { hostOf } from "../test/builders.ts";
import { keepingLog } from "../test/logs.ts";
import { ManualClock } from "../test/manual-clock.ts";
import { HostWatch } from "./host-watch.ts";

const away = new RetryableError("E_RUNTIME_UNREACHABLE", "No engine.", {
  atRisk: "nothing",
  next: "Start it.",
});

function watching(answers: (HostCapabilities | Error)[]) {
  const clock = new ManualClock();
  const log = keepingLog();
  const stop = new AbortController();
  let known = 0;
  const probe = {
    measure: async () => {
      const answer = answers.shift() ?? away;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const watch = new HostWatch({ probe, clock, log });
  const running = watch.run(() => (known += 1), stop.signal);
  const pass = (milliseconds: number) => clock.advance(milliseconds);
  const end = async () => {
    stop.abort();
    await running;
  };
  return { watch, log, pass, end, known: () => known };
}

describe("the watch on the machine", () => {
  it("knows nothing before the machine was measured, and tries again until it was", async () => {
    const { watch, pass, end, known } = watching([away, away, hostOf()]);
    await pass(0);
    expect(watch.capabilities()).to.equal(null);
    await pass(5_000);
    expect([watch.capabilities(), known()]).to.deep.equal([null, 0]);
    await pass(5_000);
    expect(watch.capabilities()).to.deep.equal(hostOf());
    expect(known()).to.equal(1);
    await end();
  });

  it("notices what changed within the hour, and keeps what it knows while the engine is away", async () => {
    const { watch, pass, end } = watching([hostOf(), away, hostOf(["runc"])]);
    await pass(0);
    await pass(3_600_000);
    expect(watch.capabilities()).to.deep.equal(hostOf());
    await pass(5_000);
    expect(watch.capabilities()).to.deep.equal(hostOf(["runc"]));
    await end();
  });
});
