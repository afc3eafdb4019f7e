// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import { Daemon } from "../test/daemon.ts";
import { quiet } from "../test/manual-clock.ts";
import { Meter, runMeter, type MeterParts } from "./meter.ts";
import { usageOf } from "./usage.ts";

const lease = 7n;
const other = 8n;
const never = new AbortController().signal;

async function metered(): Promise<{ daemon: Daemon; parts: MeterParts }> {
  const daemon = new Daemon();
  daemon.open(lease);
  await daemon.settle();
  const { runtime, journal, clock, log } = daemon;
  return { daemon, parts: { runtime, journal, clock, log, sampleInterval: 10_000, quotaOf: () => 1_000 } };
}

function use(daemon: Daemon, leaseId: bigint, cpuNanos: bigint): void {
  const usage = { cpuNanos, memoryBytes: 1_048_576n, networkRxBytes: 1n, networkTxBytes: null };
  daemon.runtime.container(leaseId, "web").usage = usage;
}

describe("meter", () => {
  it("adds what running containers used to the journal", async () => {
    const { daemon, parts } = await metered();
    await daemon.clock.advance(10_000);
    use(daemon, lease, 5_000_000_000n);
    await new Meter(parts).sample(never);
    expect(usageOf(lease, daemon.journal.incarnations(lease))).to.deep.include({
      servedSeconds: 10n,
      cpuMillisSeconds: 5_000n,
      memoryMiBSeconds: 10n,
      networkRxBytes: 1n,
      networkTxBytes: 0n,
    });
  });

  it("holds a service to its own quota", async () => {
    const { daemon, parts } = await metered();
    await daemon.clock.advance(10_000);
    use(daemon, lease, 90_000_000_000n);
    const asked: string[] = [];
    const quotaOf = (leaseId: bigint, service: string): number => {
      asked.push(`${leaseId} ${service}`);
      return 500;
    };
    await new Meter({ ...parts, quotaOf }).sample(never);
    expect(asked).to.deep.equal(["7 web"]);
    expect(daemon.journal.incarnations(lease)[0]?.cpuNanos).to.equal(5_250_000_000n);
  });

  it("measures nothing that does not run, and nothing that is not ours", async () => {
    const { daemon, parts } = await metered();
    daemon.open(other);
    await daemon.settle();
    daemon.engine.end(daemon.runtime.container(lease, "web"), 0, false);
    daemon.journal.forgetLease(other);
    await daemon.clock.advance(10_000);
    await new Meter(parts).sample(never);
    expect(daemon.journal.incarnations(lease)).to.deep.equal([]);
    expect(daemon.journal.incarnations(other)).to.deep.equal([]);
  });

  it("a sample that fails is missed, and no other with it", async () => {
    const { daemon, parts } = await metered();
    daemon.open(other);
    await daemon.settle();
    await daemon.clock.advance(10_000);
    daemon.runtime.failNext(
      "sample",
      new RetryableError("E_AWAY", "away", { atRisk: "nothing", next: "wait" }),
    );
    await new Meter(parts).sample(never);
    expect(daemon.journal.incarnations(lease)).to.have.length(0);
    expect(daemon.journal.incarnations(other)).to.have.length(1);
    expect(daemon.log.said.at(-1)).to.deep.include({ level: "warn", message: "samples are missed" });
  });

  it("measures a hundred at a time where there are more, each in its turn, and loses nothing by that", async () => {
    const { daemon, parts } = await metered();
    const leases = Array.from({ length: 149 }, (_, index) => BigInt(100 + index));
    for (const leaseId of leases) daemon.open(leaseId);
    await daemon.settle();
    const meter = new Meter(parts);
    const measured = () =>
      [lease, ...leases].filter((leaseId) => daemon.journal.incarnations(leaseId).length > 0);
    await daemon.clock.advance(10_000);
    await meter.sample(never);
    expect(measured()).to.have.length(100);
    await daemon.clock.advance(10_000);
    await meter.sample(never);
    expect(measured()).to.have.length(150);
    for (let turn = 0; turn < 2; turn += 1) {
      await daemon.clock.advance(10_000);
      for (const leaseId of [lease, ...leases]) use(daemon, leaseId, 1_000_000_000n);
      await meter.sample(never);
    }
    for (const leaseId of [lease, ...leases]) {
      const { servedSeconds, memoryMiBSeconds } = usageOf(leaseId, daemon.journal.incarnations(leaseId));
      expect(Number(servedSeconds)).to.be.within(30, 40);
      expect(memoryMiBSeconds > 0n).to.equal(true);
    }
  });

  it("goes on after the engine was dark, and ends with its signal", async () => {
    const { daemon, parts } = await metered();
    daemon.runtime.failNext(
      "observe",
      new RetryableError("E_AWAY", "away", { atRisk: "nothing", next: "wait" }),
    );
    const stop = new AbortController();
    const run = runMeter(parts, stop.signal);
    await quiet();
    expect(daemon.journal.incarnations(lease)).to.have.length(0);
    await daemon.clock.advance(10_000);
    expect(daemon.journal.incarnations(lease)).to.have.length(1);
    stop.abort();
    await run;
  });
});
