// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Incarnation } from "../ports/journal.ts";
import { leaseId } from "../test/builders.ts";
import { neverBelow, usageOf } from "./usage.ts";

function incarnation(changes: Partial<Incarnation>): Incarnation {
  return {
    leaseId,
    containerId: "one",
    startedAt: 0,
    lastSampleAt: 0,
    cpuNanos: 0n,
    memoryByteMillis: 0n,
    networkRxBytes: 0n,
    networkTxBytes: 0n,
    ...changes,
  };
}

describe("usage", () => {
  it("of nothing is all zero", () => {
    expect(usageOf(leaseId, [])).to.deep.equal({
      leaseId,
      measuredAt: 0n,
      servedSeconds: 0n,
      cpuMillisSeconds: 0n,
      memoryMiBSeconds: 0n,
      networkRxBytes: 0n,
      networkTxBytes: 0n,
    });
  });

  it("is in thousandths of a core, MiB and bytes, times whole seconds, rounded down", () => {
    const used = incarnation({
      startedAt: 1_000,
      lastSampleAt: 11_999,
      cpuNanos: 2_500_999_999n,
      memoryByteMillis: 64n * 1_048_576n * 10_000n + 5n,
      networkRxBytes: 7n,
      networkTxBytes: 8n,
    });
    expect(usageOf(leaseId, [used])).to.deep.equal({
      leaseId,
      measuredAt: 11n,
      servedSeconds: 10n,
      cpuMillisSeconds: 2_500n,
      memoryMiBSeconds: 640n,
      networkRxBytes: 7n,
      networkTxBytes: 8n,
    });
  });

  it("counts the time of services side by side once, and a pause between runs not at all", () => {
    const runs = [
      incarnation({ containerId: "a", startedAt: 0, lastSampleAt: 10_000 }),
      incarnation({ containerId: "b", startedAt: 2_000, lastSampleAt: 8_000 }),
      incarnation({ containerId: "b", startedAt: 9_000, lastSampleAt: 12_000 }),
      incarnation({ containerId: "a", startedAt: 20_000, lastSampleAt: 21_500 }),
    ];
    expect(usageOf(leaseId, runs).servedSeconds).to.equal(13n);
    expect(usageOf(leaseId, [...runs].reverse()).servedSeconds).to.equal(13n);
  });

  it("adds up what all its containers used", () => {
    const both = [
      incarnation({ containerId: "a", cpuNanos: 1_000_000n, networkRxBytes: 1n }),
      incarnation({ containerId: "b", cpuNanos: 2_000_000n, networkRxBytes: 2n }),
    ];
    expect(usageOf(leaseId, both)).to.deep.include({ cpuMillisSeconds: 3n, networkRxBytes: 3n });
  });
});

describe("usage after the journal was lost", () => {
  const reported = {
    leaseId: 7n,
    measuredAt: 100n,
    servedSeconds: 90n,
    cpuMillisSeconds: 80n,
    memoryMiBSeconds: 70n,
    networkRxBytes: 60n,
    networkTxBytes: 50n,
  };
  const nothing = { ...usageOf(7n, []) };

  it("never falls below what the chain's log shows", () => {
    expect(neverBelow(reported, nothing)).to.deep.equal(reported);
    expect(neverBelow(null, nothing)).to.deep.equal(nothing);
  });

  it("never counts twice what was reported: it stands still until what is counted anew has passed it", () => {
    const anew = { ...nothing, measuredAt: 120n, servedSeconds: 20n, cpuMillisSeconds: 81n };
    expect(neverBelow(reported, anew)).to.deep.equal({
      ...reported,
      measuredAt: 120n,
      cpuMillisSeconds: 81n,
    });
  });
});
