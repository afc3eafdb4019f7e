// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import type { Sample } from "../domain/observed.ts";
import type { Incarnation } from "../ports/journal.ts";
import { leaseId } from "../test/builders.ts";
import { measured, type SampleLimits } from "./incarnation.ts";
import { usageOf } from "./usage.ts";

const limits: SampleLimits = { cpuMillis: 1_000, memoryReach: 30_000 };
const START = 1_000_000;

function sample(atSecond: number, changes: Partial<Sample> = {}): Sample {
  return {
    containerId: "one",
    startedAt: START,
    takenAt: START + atSecond * 1_000,
    cpuNanos: 0n,
    memoryBytes: 0n,
    networkRxBytes: 0n,
    networkTxBytes: 0n,
    ...changes,
  };
}

/** The incarnations after samples in this order, as the journal keeps them. */
function after(samples: readonly Sample[], within: SampleLimits = limits): readonly Incarnation[] {
  const kept = new Map<string, Incarnation>();
  for (const each of samples) {
    const incarnation = measured(leaseId, each, [...kept.values()], within);
    kept.set(`${incarnation.containerId} ${incarnation.startedAt}`, incarnation);
  }
  return [...kept.values()];
}

describe("measuring", () => {
  it("counts processor time, memory over time and traffic since the container's start", () => {
    const first = sample(10, {
      cpuNanos: 2_000_000_000n,
      memoryBytes: 100n,
      networkRxBytes: 5n,
      networkTxBytes: 6n,
    });
    const second = sample(20, {
      cpuNanos: 3_000_000_000n,
      memoryBytes: 200n,
      networkRxBytes: 50n,
      networkTxBytes: 60n,
    });
    expect(after([first, second])).to.deep.equal([
      {
        leaseId,
        containerId: "one",
        startedAt: START,
        lastSampleAt: START + 20_000,
        cpuNanos: 3_000_000_000n,
        memoryByteMillis: 100n * 10_000n + 200n * 10_000n,
        networkRxBytes: 50n,
        networkTxBytes: 60n,
      },
    ]);
  });

  it("a restart begins another incarnation and loses nothing of the one before", () => {
    const before = sample(10, { cpuNanos: 3_400_000_000n });
    const restarted = sample(20, { startedAt: START + 15_000, cpuNanos: 1_000_000_000n });
    const all = after([before, restarted]);
    expect(all.map(({ startedAt }) => startedAt)).to.deep.equal([START, START + 15_000]);
    expect(usageOf(leaseId, all).cpuMillisSeconds).to.equal(4_400n);
    expect(usageOf(leaseId, all).servedSeconds).to.equal(15n);
  });

  it("another container begins another incarnation", () => {
    expect(after([sample(10), sample(10, { containerId: "two" })])).to.have.length(2);
  });

  it("processor time that went back, with no restart told, begins an incarnation at the last sample", () => {
    const all = after([sample(10, { cpuNanos: 3_400_000_000n }), sample(20, { cpuNanos: 1_000_000_000n })]);
    expect(all.map(({ startedAt }) => startedAt)).to.deep.equal([START, START + 10_000]);
    expect(usageOf(leaseId, all)).to.deep.include({ cpuMillisSeconds: 4_400n, servedSeconds: 20n });
    const more = after([
      sample(10, { cpuNanos: 3_400_000_000n }),
      sample(20, { cpuNanos: 1_000_000_000n }),
      sample(30, { cpuNanos: 1_500_000_000n }),
    ]);
    expect(usageOf(leaseId, more)).to.deep.include({ cpuMillisSeconds: 4_900n, servedSeconds: 30n });
  });

  it("never counts more processor time than the quota allows, with 5 % for differing clocks", () => {
    const [counted] = after([sample(10, { cpuNanos: 99_000_000_000n })]);
    expect(counted?.cpuNanos).to.equal(10_500_000_000n);
    const [unbounded] = after([sample(10, { cpuNanos: 99_000_000_000n })], { ...limits, cpuMillis: null });
    expect(unbounded?.cpuNanos).to.equal(99_000_000_000n);
  });

  it("a network that tells nothing is not a network that went back to 0", () => {
    const told = sample(10, { networkRxBytes: 7n, networkTxBytes: 8n });
    const silent = sample(20, { networkRxBytes: null, networkTxBytes: null });
    expect(after([told, silent])[0]).to.deep.include({ networkRxBytes: 7n, networkTxBytes: 8n });
    expect(after([silent])[0]).to.deep.include({ networkRxBytes: 0n, networkTxBytes: 0n });
  });

  it("an unmeasured gap counts as served, and claims no memory beyond the reach of one measurement", () => {
    const [counted] = after([sample(10, { memoryBytes: 100n }), sample(3_610, { memoryBytes: 100n })]);
    expect(counted?.memoryByteMillis).to.equal(100n * 10_000n + 100n * 30_000n);
    expect(usageOf(leaseId, counted === undefined ? [] : [counted]).servedSeconds).to.equal(3_610n);
  });

  it("a sample that is not newer changes nothing", () => {
    const newer = sample(20, { cpuNanos: 5n, memoryBytes: 1n });
    expect(after([newer, sample(15, { cpuNanos: 4n, memoryBytes: 9n }), newer])).to.deep.equal(
      after([newer]),
    );
  });

  it("usage never falls, whatever is sampled", () => {
    const samples = fc.array(
      fc.record({
        containerId: fc.constantFrom("one", "two"),
        startedAt: fc.integer({ min: 0, max: 50_000 }),
        takenAt: fc.integer({ min: 0, max: 100_000 }),
        cpuNanos: fc.bigInt({ min: 0n, max: 10n ** 12n }),
        memoryBytes: fc.bigInt({ min: 0n, max: 2n ** 40n }),
        networkRxBytes: fc.option(fc.bigInt({ min: 0n, max: 2n ** 50n })),
        networkTxBytes: fc.option(fc.bigInt({ min: 0n, max: 2n ** 50n })),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(samples, (taken) => {
        const steps = taken.map((_, index) => usageOf(leaseId, after(taken.slice(0, index + 1))));
        steps.slice(1).forEach((usage, index) => {
          for (const [name, value] of Object.entries(usage)) {
            expect(
              value >= (Object.entries(steps[index] ?? {}).find(([key]) => key === name)?.[1] ?? 0n),
            ).to.equal(true);
          }
        });
      }),
    );
  });
});
