// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { LEASE_STATUSES, RetryableError } from "@berth/sdk";
import type { Transport } from "viem";
import { LEFTOVER_KINDS } from "../domain/leftover.ts";
import { PHASES, phaseOf } from "../gateway/phase.ts";
import { Daemon } from "../test/daemon.ts";
import { countBy } from "./counts.ts";
import { measuredReports, measuredSteps, measuredTransport } from "./measured.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

const never = new AbortController().signal;
const LEASE = 770077n;

async function linesOf(metrics: Metrics, name: string): Promise<readonly string[]> {
  return (await metrics.text()).split("\n").filter((line) => line.startsWith(name));
}

/** The figures of a daemon that has started a lease. */
async function serving(): Promise<{ daemon: Daemon; metrics: Metrics }> {
  const daemon = new Daemon();
  const metrics = createMetrics();
  daemon.open(LEASE);
  await daemon.settle();
  const { reconciler, journal } = daemon;
  metrics.attach({
    leasesByStatus: () =>
      countBy(
        LEASE_STATUSES,
        reconciler.views().flatMap(({ lease }) => lease?.status ?? []),
      ),
    workloadsByPhase: () =>
      countBy(
        PHASES,
        reconciler.views().map((view) => phaseOf(view.lease?.status ?? "none", view, false)),
      ),
    leftoversByKind: () => countBy(LEFTOVER_KINDS, ["volume"]),
    looks: () => reconciler.looks(),
    checks: () => [{ name: "engine", state: "failing", since: 0, what: "w", atRisk: "a", next: "n" }],
    headLag: () => 3,
    sinceReport: () => null,
    journalBytes: () => journal.size(),
  });
  return { daemon, metrics };
}

describe("figures", () => {
  it("count leases by status and workloads by phase, with a zero for what there is none of", async () => {
    const { metrics } = await serving();
    expect(await linesOf(metrics, "berth_leases{")).to.include.members([
      'berth_leases{status="active"} 1',
      'berth_leases{status="paused"} 0',
    ]);
    expect(await linesOf(metrics, "berth_workloads{")).to.include.members([
      'berth_workloads{phase="running"} 1',
      'berth_workloads{phase="failed"} 0',
    ]);
  });

  it("count what cannot be cleared away, by kind, with a zero for what there is none of", async () => {
    const { metrics } = await serving();
    expect(await linesOf(metrics, "berth_leftovers{")).to.deep.equal([
      'berth_leftovers{kind="process"} 0',
      'berth_leftovers{kind="container"} 0',
      'berth_leftovers{kind="network"} 0',
      'berth_leftovers{kind="volume"} 1',
    ]);
  });

  it("count passes that saw everything, and those that did not", async () => {
    const { daemon, metrics } = await serving();
    daemon.market.isDark = true;
    await daemon.pass();
    const passes = await linesOf(metrics, "berth_passes_total{");
    expect(passes).to.deep.equal([
      'berth_passes_total{outcome="seen"} 8',
      'berth_passes_total{outcome="blind"} 1',
    ]);
    expect(await linesOf(metrics, "berth_passes_total{")).to.deep.equal(passes);
  });

  it("leave out what is not known: a guess would look like a fact", async () => {
    const { metrics } = await serving();
    expect(await linesOf(metrics, "berth_head_lag_seconds ")).to.deep.equal(["berth_head_lag_seconds 3"]);
    expect(await linesOf(metrics, "berth_seconds_since_report ")).to.deep.equal([]);
    const [bytes] = await linesOf(metrics, "berth_journal_bytes ");
    expect(Number(bytes?.split(" ")[1])).to.be.greaterThan(4_096);
  });

  it("tell of a check its state and of its other states that it has not those", async () => {
    const { metrics } = await serving();
    expect(await linesOf(metrics, "berth_check{")).to.include.members([
      'berth_check{check="engine",state="failing"} 1',
      'berth_check{check="engine",state="ok"} 0',
    ]);
  });

  it("have labels out of closed lists alone: no lease, tenant, image, service or text", async () => {
    const { daemon, metrics } = await serving();
    const step = { action: "ensureImage", leaseId: LEASE, image: "hello:1" } as const;
    const run = measuredSteps(() => Promise.reject(new Error("secret text")), metrics, daemon.clock);
    await run(step, never).catch(() => undefined);
    metrics.rpcEnded(1, "eth_secretMethod", "failed");
    const text = await metrics.text();
    const tenant = daemon.market.leasesById.get(LEASE)?.tenant ?? "none";
    for (const word of [String(LEASE), tenant, "hello", "web", "secret"]) expect(text).not.to.contain(word);
    expect(text).to.contain('berth_rpc_calls_total{endpoint="1",class="other",outcome="failed"} 1');
  });
});

describe("measured", () => {
  it("steps are timed and come out as they were, failures too", async () => {
    const metrics = createMetrics();
    const now = [0, 1_500, 2_000, 2_000];
    const clock = { monotonic: () => now.shift() ?? 0 };
    const failure = new Error("no");
    const step = { action: "startLease", leaseId: 1n } as const;
    await measuredSteps(async () => undefined, metrics, clock)(step, never);
    const failing = measuredSteps(() => Promise.reject(failure), metrics, clock)(step, never);
    expect(await failing.catch((error: unknown) => error)).to.equal(failure);
    const sums = await linesOf(metrics, "berth_step_duration_seconds_sum");
    expect(sums).to.include('berth_step_duration_seconds_sum{step="startLease",outcome="done"} 1.5');
    const counts = await linesOf(metrics, "berth_step_duration_seconds_count");
    expect(counts).to.include('berth_step_duration_seconds_count{step="startLease",outcome="failed"} 1');
  });

  it("reports are counted when sent and when failed, and not when the daemon stops", async () => {
    const { market } = new Daemon();
    const metrics = createMetrics();
    const actions = measuredReports(bound(market), metrics);
    const report = { root: "0x", uri: "", entries: [] } as const;
    await actions.report(report, never);
    market.nextFailure = new RetryableError("E_X", "x", { atRisk: "", next: "" });
    await actions.report(report, never).catch(() => undefined);
    await actions.report(report, AbortSignal.abort()).catch(() => undefined);
    expect(await linesOf(metrics, "berth_reports_total{")).to.have.members([
      'berth_reports_total{outcome="sent"} 1',
      'berth_reports_total{outcome="failed"} 1',
    ]);
  });

  it("requests are told apart: answered, refused by a node that answers, failed", async () => {
    const metrics = createMetrics();
    const refusal = Object.assign(new Error("reverted"), { code: 3 });
    const outcomes: unknown[] = ["0x1", refusal, new Error("no connection")];
    const inner = (() => ({
      request: async () => {
        const outcome = outcomes.shift();
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    })) as unknown as Transport;
    const { request } = measuredTransport(inner, 2, metrics)({});
    for (let call = 0; call < 3; call += 1) await request({ method: "eth_call" }).catch(() => undefined);
    expect(await linesOf(metrics, "berth_rpc_calls_total{")).to.have.members([
      'berth_rpc_calls_total{endpoint="2",class="state",outcome="answered"} 1',
      'berth_rpc_calls_total{endpoint="2",class="state",outcome="refused"} 1',
      'berth_rpc_calls_total{endpoint="2",class="state",outcome="failed"} 1',
    ]);
  });
});

/** Its acts as an object of functions, as the daemon's are. */
function bound(market: Daemon["market"]) {
  return {
    startLease: market.startLease.bind(market),
    pauseLease: market.pauseLease.bind(market),
    resumeLease: market.resumeLease.bind(market),
    completeLease: market.completeLease.bind(market),
    closeLease: market.closeLease.bind(market),
    report: market.report.bind(market),
    claimInstance: market.claimInstance.bind(market),
  };
}
