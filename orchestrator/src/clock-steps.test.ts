// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import fc from "fast-check";
import { Meter } from "./metering/meter.ts";
import { neverBelow, usageOf } from "./metering/usage.ts";
import { createStepRunner } from "./reconcile/execute.ts";
import { Reconciler } from "./reconcile/loop.ts";
import { Reporter } from "./reporting/reporter.ts";
import { ServiceWatch } from "./reporting/service-watch.ts";
import { withSteadyTimes } from "./runtime/steady-times.ts";
import { provider } from "./test/builders.ts";
import { AMPLE, Daemon, publishing } from "./test/daemon.ts";

const [SECOND, HOUR] = [1_000, 3_600_000];
const TICK = 5 * SECOND;
const TICKS = 1_440;
const SAMPLE = 10 * SECOND;
const LEASES = [7n, 8n] as const;

/** A step of the wall clock by so many milliseconds, before a tick. */
interface ClockStep {
  readonly tick: number;
  readonly by: number;
}

/** What a run came to: each act with its moment on the chain's own clock, and each report with all its figures. */
interface Run {
  readonly told: readonly string[];
  readonly changes: readonly string[];
  readonly reports: readonly string[];
}

/** Two hours of a daemon with crashes, a crash loop and silences of engine and chain, over a chain that keeps its own time. */
async function run(steps: readonly ClockStep[]): Promise<Run> {
  const daemon = new Daemon();
  const { clock, market, journal, log } = daemon;
  const runtime = withSteadyTimes(daemon.runtime, { clock, journal });
  const chainNow = (): bigint => BigInt(Math.floor(clock.monotonic() / SECOND));
  market.now = chainNow;
  market.summary = { ...market.summary, lastReportAt: chainNow(), reportPeriod: 600n };
  const base = {
    provider,
    chain: market,
    actions: market,
    runtime,
    journal,
    clock,
    log,
    random: () => 0.5,
  } as const;
  const reconciler: Reconciler = new Reconciler({
    ...base,
    acceptance: daemon.acceptance,
    runStep: createStepRunner({ ...base, publishing, pulls: daemon.pulls }),
    resyncInterval: TICK,
    overtaken: new AbortController().signal,
    obstacle: () => null,
    hardware: { capacity: () => AMPLE },
    healthGrace: 60_000,
    hostRefusal: () => null,
  });
  const isServed = reconciler.isServed.bind(reconciler);
  const watch = new ServiceWatch({
    ...base,
    isServed,
    sampleInterval: SAMPLE,
    onChange: () => reconciler.wake(),
  });
  const meter = new Meter({ ...base, sampleInterval: SAMPLE, quotaOf: () => 1_000 });
  const reporter = new Reporter({
    ...base,
    settle: (signal) => watch.settle(signal),
    usageOf: (leaseId) =>
      neverBelow(journal.reportedUsage(leaseId), usageOf(leaseId, journal.incarnations(leaseId))),
    endpoint: "http://gateway:1/",
    interval: null,
  });
  const stop = new AbortController();
  const { signal } = stop;
  const told: string[] = [];
  const changes: string[] = [];
  const reports: string[] = [];
  const note = (): void => {
    const at = clock.monotonic();
    told.push(...market.told.splice(0).map((what) => `${at} ${what}`));
    changes.push(...daemon.changes().map((what) => `${at} ${what}`));
    reports.push(...market.reports.splice(0).map((each) => `${at} ${JSON.stringify(each, inWords)}`));
  };
  for (const leaseId of LEASES) daemon.open(leaseId);
  const running = [
    reconciler.run(signal),
    watch.run(signal),
    reporter.run(signal),
    metering(meter, daemon, signal),
  ];
  for (let tick = 0; tick < TICKS; tick += 1) {
    for (const step of steps) if (step.tick === tick) clock.step(step.by);
    mishap(daemon, tick);
    await clock.advance(TICK);
    market.timestamp = chainNow();
    market.number += 1n;
    journal.advance({ blockNumber: market.number, blockHash: "0xaa", sequence: 0n }, []);
    note();
  }
  stop.abort(new Error("over"));
  await clock.advance(HOUR);
  await Promise.all(running);
  return { told, changes, reports };
}

async function metering(meter: Meter, { clock }: Daemon, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await meter.sample(signal).catch(() => undefined);
    await clock.sleep(SAMPLE, signal).catch(() => undefined);
  }
}

/** Lease 7 crashes now and then, lease 8 in a loop for half an hour; the engine is silent once, the chain once. */
function mishap(daemon: Daemon, tick: number): void {
  const { runtime, market } = daemon;
  const crash = (leaseId: bigint): void => {
    const found = [...daemon.engine.containers.values()].find((each) => each.leaseId === leaseId);
    if (found?.state === "running") daemon.engine.end(found, 1, false);
  };
  if (tick % 200 === 120) crash(7n);
  if (tick > 300 && tick < 660 && tick % 2 === 0) crash(8n);
  const away = new RetryableError("E_RUNTIME_UNREACHABLE", "away", { atRisk: "nothing", next: "wait" });
  if (tick >= 800 && tick < 812) for (let call = 0; call < 2; call += 1) runtime.failNext("observe", away);
  market.isDark = tick >= 900 && tick < 1_000;
  for (const each of daemon.engine.containers.values()) {
    const used = BigInt(tick) * 1_000_000n;
    each.usage = { cpuNanos: used, memoryBytes: 1_048_576n, networkRxBytes: used, networkTxBytes: 1n };
  }
}

function inWords(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

describe("a machine whose wall clock is set by an hour, forwards or back, at any moment", function () {
  this.timeout(120_000);
  let steady: Run;

  before(async () => {
    steady = await run([]);
  });

  it("is told of a run in which much happens", () => {
    const verbs = new Set(steady.told.map((line) => line.split(" ")[1]));
    expect([...verbs]).to.include.members(["start", "pause", "resume"]);
    expect(steady.changes.filter((line) => line.includes("startContainer")).length).to.be.greaterThan(10);
    expect(steady.reports.length).to.be.greaterThan(15);
    expect(steady.reports.at(-1)).to.contain("servedSeconds");
  });

  for (const by of [HOUR, -HOUR]) {
    for (const tick of [0, 121, 400, 950]) {
      it(`starts, pauses, resumes, restarts and reports the same, at the same moments (${by} ms at ${tick})`, async () => {
        expect(await run([{ tick, by }])).to.deep.equal(steady);
      });
    }
  }

  it("does so also where it is set again and again", async () => {
    const step = fc.record({
      tick: fc.integer({ min: 0, max: TICKS - 1 }),
      by: fc.constantFrom(HOUR, -HOUR),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
        expect(await run(steps)).to.deep.equal(steady);
      }),
      { numRuns: 6 },
    );
  });
});
