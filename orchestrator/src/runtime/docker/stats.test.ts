// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { readStats } from "./stats.ts";

const READ = "2026-11-22T19:29:19.887190712Z";
const cpu = { cpu_usage: { total_usage: 3_400_000_000, percpu_usage: [1, 2] } };
const cgroup1 = {
  read: READ,
  cpu_stats: cpu,
  memory_stats: { usage: 1000, stats: { cache: 900, total_inactive_file: 400, inactive_file: 1 } },
  networks: { eth0: { rx_bytes: 10, tx_bytes: 20 }, eth1: { rx_bytes: 1, tx_bytes: 2 } },
};
const cgroup2 = { ...cgroup1, memory_stats: { usage: 1000, stats: { inactive_file: 300, anon: 5 } } };
const ended = {
  read: "0001-01-01T00:00:00Z",
  cpu_stats: { cpu_usage: { total_usage: 0 } },
  memory_stats: {},
};

describe("statistics of the engine", () => {
  it("reads totals, with the memory that is really in use under either kind of cgroup", () => {
    expect(readStats(cgroup1, "id", 7)).to.deep.equal({
      containerId: "id",
      startedAt: 7,
      takenAt: Date.parse(READ),
      cpuNanos: 3_400_000_000n,
      memoryBytes: 600n,
      networkRxBytes: 11n,
      networkTxBytes: 22n,
    });
    expect(readStats(cgroup2, "id", 7)?.memoryBytes).to.equal(700n);
  });

  it("a container without a network has no network totals, which is not zero", () => {
    const { networks: _, ...without } = cgroup1;
    for (const stats of [without, { ...without, networks: null }, { ...without, networks: {} }]) {
      expect(readStats(stats, "id", 7)).to.deep.include({ networkRxBytes: null, networkTxBytes: null });
    }
  });

  it("a figure missing on one interface makes the total unknown, not smaller", () => {
    const networks = { eth0: { rx_bytes: 10, tx_bytes: 20 }, eth1: { rx_bytes: 1 } };
    const sample = readStats({ ...cgroup1, networks }, "id", 7);
    expect(sample).to.deep.include({ networkRxBytes: 11n, networkTxBytes: null });
  });

  it("memory whose part of file cache is not told is unknown, and not all of it used", () => {
    for (const stats of [undefined, null, {}, "x", { total_inactive_file: null, inactive_file: 1 }]) {
      const memory_stats = { usage: 1000, stats };
      expect(readStats({ ...cgroup1, memory_stats }, "id", 7)).to.equal(null);
    }
  });

  it("what the kernel cannot have counted is no figure, and what is no time is none", () => {
    for (const total_usage of [-1, 1.5, 2 ** 64, 1e300]) {
      expect(readStats({ ...cgroup1, cpu_stats: { cpu_usage: { total_usage } } }, "id", 7)).to.equal(null);
    }
    for (const read of ["7", "2026", "2026-11-22", "2026-13-22T19:29:19Z", ""]) {
      expect(readStats({ ...cgroup1, read }, "id", 7)).to.equal(null);
    }
  });

  it("the answer for an ended container is no sample", () => {
    expect(readStats(ended, "id", 7)).to.equal(null);
  });

  it("the cache is not taken off twice: used memory is never negative", () => {
    const memory_stats = { usage: 100, stats: { inactive_file: 500 } };
    expect(readStats({ ...cgroup2, memory_stats }, "id", 7)?.memoryBytes).to.equal(100n);
  });

  it("whatever the engine answers, there is a sample of whole figures or none, and never an exception", () => {
    const piece = fc.oneof(fc.anything(), fc.constantFrom(NaN, -1, 1.5, null, Infinity, "7"));
    const stats = fc.record(
      {
        read: fc.oneof(piece, fc.constant(READ)),
        cpu_stats: fc.oneof(piece, fc.record({ cpu_usage: fc.record({ total_usage: piece }) })),
        memory_stats: fc.oneof(piece, fc.record({ usage: piece, stats: piece })),
        networks: fc.oneof(
          piece,
          fc.dictionary(fc.string(), fc.record({ rx_bytes: piece, tx_bytes: piece })),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(stats, fc.anything()), (answer) => {
        const sample = readStats(answer, "id", 7);
        if (sample === null) return;
        expect(sample.cpuNanos >= 0n && sample.memoryBytes >= 0n).to.equal(true);
        expect(Number.isInteger(sample.takenAt)).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });
});
