// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { container, leaseId, provider } from "../test/builders.ts";
import { identity } from "../test/daemon.ts";
import { ManualClock } from "../test/manual-clock.ts";
import type { ObservedContainer } from "../domain/observed.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { withSteadyTimes } from "./steady-times.ts";

const never = new AbortController().signal;
const [SECOND, HOUR] = [1_000, 3_600_000];
const STEPS = [HOUR, -HOUR];

/** An engine that stamps with the wall clock, looked at over what is to be tested. */
function stamping() {
  const clock = new ManualClock();
  const journal = openJournal(":memory:", { ...identity, provider });
  const told: { startedAt: number | null; finishedAt: number | null } = { startedAt: null, finishedAt: null };
  const asked: ObservedContainer[] = [];
  const shown = (): ObservedContainer =>
    container("web", { state: told.finishedAt === null ? "running" : "exited", ...told });
  const engine = {
    observeContainers: async () => [{ leaseId, containers: [shown()] }],
    sample: async (containers: readonly ObservedContainer[]) => {
      asked.push(...containers);
      const sample = { containerId: "id-of-web", startedAt: told.startedAt ?? 0, takenAt: clock.now() };
      return [{ status: "fulfilled", value: sample }];
    },
    stillRuns: async (one: ObservedContainer) => one.startedAt === told.startedAt,
    describe: async () => ({ name: "engine", version: "1" }),
  } as unknown as ContainerRuntime;
  let runtime = withSteadyTimes(engine, { clock, journal });
  return {
    clock,
    told,
    asked,
    journal,
    /** As a daemon that is started anew would look. */
    restart: (as: ManualClock) => (runtime = withSteadyTimes(engine, { clock: as, journal })),
    runtime: () => runtime,
    look: async () => (await runtime.observeContainers(never))[0]?.containers[0] as ObservedContainer,
  };
}

describe("the engine's times", () => {
  it("are taken over as they are while nobody sets the clock, also where a container is seen late", async () => {
    const { told, look, clock } = stamping();
    told.startedAt = clock.now() - HOUR;
    expect((await look()).startedAt).to.equal(clock.now() - HOUR);
    await clock.advance(HOUR);
    told.startedAt = clock.now() - HOUR / 2;
    expect((await look()).startedAt).to.equal(clock.now() - HOUR / 2);
  });

  for (const step of STEPS) {
    it(`of a run over which the clock was set say how long it was (${step} ms)`, async () => {
      const { told, look, clock } = stamping();
      await look();
      told.startedAt = clock.now();
      await clock.advance(SECOND);
      const { startedAt } = await look();
      clock.step(step);
      await clock.advance(4 * SECOND);
      told.finishedAt = clock.now();
      await clock.advance(SECOND);
      const ended = await look();
      expect(ended.startedAt).to.equal(startedAt);
      expect((ended.finishedAt ?? 0) - (startedAt ?? 0)).to.equal(5 * SECOND);
    });

    it(`stamped just before the clock was set, or while it was wrong, are told apart (${step} ms)`, async () => {
      const { told, look, clock } = stamping();
      await look();
      const first = clock.monotonic();
      told.startedAt = clock.now();
      clock.step(step);
      await clock.advance(SECOND);
      expect((await look()).startedAt).to.equal(first);
      const second = clock.monotonic();
      told.startedAt = clock.now();
      await clock.advance(SECOND);
      clock.step(-step);
      expect((await look()).startedAt).to.equal(second);
      expect((await look()).startedAt).to.equal(second);
    });

    it(`name the same incarnation after a restart of the daemon (${step} ms)`, async () => {
      const { told, look, clock, restart } = stamping();
      await look();
      clock.step(step);
      told.startedAt = clock.now();
      const { startedAt } = await look();
      expect(startedAt).to.equal(clock.monotonic());
      restart(new ManualClock(clock.now()));
      expect((await look()).startedAt).to.equal(startedAt);
    });

    it(`go back to the engine as it told them, and samples come in ours (${step} ms)`, async () => {
      const { told, look, clock, asked, runtime } = stamping();
      await look();
      clock.step(step);
      told.startedAt = clock.now();
      const seen = await look();
      await clock.advance(SECOND);
      const [outcome] = await runtime().sample([seen], never);
      expect(asked[0]?.startedAt).to.equal(told.startedAt);
      expect(outcome).to.deep.include({ status: "fulfilled" });
      expect(outcome).to.have.property("value").that.includes({
        startedAt: seen.startedAt,
        takenAt: clock.monotonic(),
      });
      expect(await runtime().stillRuns(seen)).to.equal(true);
      told.startedAt += 1;
      expect(await runtime().stillRuns(seen)).to.equal(false);
    });
  }

  it("are all that is changed: everything else goes through", async () => {
    expect(await stamping().runtime().describe(never)).to.deep.equal({ name: "engine", version: "1" });
  });
});
