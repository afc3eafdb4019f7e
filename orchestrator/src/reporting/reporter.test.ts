// SPDX-License-Identifier: Apache-2.0
import { buildUsageTree, RetryableError, type Usage } from "@berth/sdk";
import { expect } from "chai";
import { zeroHash } from "viem";
import { lease, provider, tenant } from "../test/builders.ts";
import { Daemon } from "../test/daemon.ts";
import { quiet } from "../test/manual-clock.ts";
import { Reporter, type ReporterParts } from "./reporter.ts";
import { prepareReport } from "./usage-report.ts";

const never = new AbortController().signal;

function usage(leaseId: bigint): Usage {
  const figures = { cpuMillisSeconds: 1n, memoryMiBSeconds: 2n, networkRxBytes: 3n, networkTxBytes: 4n };
  return { leaseId, measuredAt: 5n, servedSeconds: 6n, ...figures };
}

/** A reporter of a provider whose report period is an hour and who has just reported. */
function reporting(changes: Partial<ReporterParts> = {}): { daemon: Daemon; reporter: Reporter } {
  const daemon = new Daemon();
  daemon.market.timestamp = BigInt(daemon.clock.now() / 1_000);
  daemon.market.summary = { ...daemon.market.summary, lastReportAt: daemon.market.timestamp };
  const { market, journal, clock, log } = daemon;
  const parts = { provider, chain: market, actions: market, journal, clock, log, usageOf: usage } as const;
  const settle = async (): Promise<void> => undefined;
  const rest = { random: () => 0, settle, endpoint: "http://gateway:1/", interval: null };
  return { daemon, reporter: new Reporter({ ...parts, ...rest, ...changes }) };
}

describe("report", () => {
  it("without a lease is still a report: the zero root and no address", async () => {
    const { daemon, reporter } = reporting();
    await reporter.report(never);
    expect(daemon.market.reports).to.deep.equal([{ root: zeroHash, uri: "", entries: [] }]);
  });

  it("shows the usage of every lease, and where the tree behind its root is found", async () => {
    const { daemon, reporter } = reporting();
    daemon.open(7n);
    daemon.open(8n);
    await reporter.report(never);
    const { root } = buildUsageTree([usage(7n), usage(8n)]);
    expect(daemon.market.reports).to.deep.equal([
      { root, uri: `http://gateway:1/v1/usage/${root}`, entries: [usage(7n), usage(8n)] },
    ]);
    const dump = daemon.journal.usageTree(root);
    expect(JSON.parse(dump ?? "null")).to.deep.equal(buildUsageTree([usage(7n), usage(8n)]).dump());
  });

  it("names no lease that the chain shows as another's or not at all, which would make all of it fail", async () => {
    const { daemon, reporter } = reporting();
    daemon.open(7n);
    daemon.open(8n);
    daemon.open(9n);
    daemon.market.leasesById.set(8n, lease({ provider: tenant }));
    daemon.market.leasesById.delete(9n);
    await reporter.report(never);
    expect(daemon.market.reports[0]?.entries.map(({ leaseId }) => leaseId)).to.deep.equal([7n]);
  });

  it("shows no figure while the journal is rebuilt, so that none goes back, and is a report all the same", async () => {
    const { daemon, reporter } = reporting();
    daemon.open(7n);
    daemon.market.number += 1_000n;
    await reporter.report(never);
    expect(daemon.market.reports).to.deep.equal([{ root: zeroHash, uri: "", entries: [] }]);
    daemon.open(8n);
    await reporter.report(never);
    expect(daemon.market.reports[1]?.entries.map(({ leaseId }) => leaseId)).to.deep.equal([7n, 8n]);
  });

  it("forgets trees that are older, by the chain's time, than a tenant may complain, and none because a clock was set", async () => {
    const { daemon, reporter } = reporting();
    daemon.journal.keepUsageTree("0x01", "[]", Number(daemon.market.timestamp) * 1_000);
    daemon.market.timestamp += 90n * 86_400n;
    daemon.clock.step(365 * 86_400_000);
    daemon.open(7n);
    await reporter.report(never);
    expect(daemon.journal.usageTree("0x01")).to.equal("[]");
    daemon.market.timestamp += 1n;
    await reporter.report(never);
    expect(daemon.journal.usageTree("0x01")).to.equal(null);
  });

  it("names no lease of which nothing was measured", async () => {
    const { daemon, reporter } = reporting({ usageOf: (leaseId) => ({ ...usage(leaseId), measuredAt: 0n }) });
    daemon.open(7n);
    await reporter.report(never);
    expect(daemon.market.reports[0]).to.deep.include({ root: zeroHash, entries: [] });
  });

  it("shows at most 128 figures and commits to all", () => {
    const all = Array.from({ length: 130 }, (_, index) => usage(BigInt(index + 1)));
    const { report } = prepareReport(all, "http://gateway:1");
    expect(report.entries).to.have.length(128);
    expect(report.root).to.equal(buildUsageTree(all).root);
  });
});

describe("report, and what is not known to run", () => {
  it("comes after everything has been settled, and not at all where that fails", async () => {
    const order: string[] = [];
    const settle = async (): Promise<void> => {
      order.push("settled");
    };
    const { daemon, reporter } = reporting({ settle });
    await reporter.report(never);
    expect([order, daemon.market.reports.length]).to.deep.equal([["settled"], 1]);
    const failing = reporting({
      settle: async () => {
        throw new Error("a pause failed");
      },
    });
    const failure = await failing.reporter.report(never).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property("message", "a pause failed");
    expect(failing.daemon.market.reports).to.deep.equal([]);
  });

  it("is not the first before every event was read, since nobody can pause a lease that he does not know", async () => {
    const { daemon, reporter } = reporting();
    daemon.market.summary = { ...daemon.market.summary, sequence: 3n };
    for (const sequence of [null, 2n]) {
      if (sequence !== null) daemon.journal.advance({ blockNumber: 10n, blockHash: "0xaa", sequence }, []);
      const failure = await reporter.report(never).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(RetryableError).with.property("code", "E_LEASES_UNREAD");
    }
    daemon.journal.advance({ blockNumber: 10n, blockHash: "0xaa", sequence: 3n }, []);
    await reporter.report(never);
    daemon.market.summary = { ...daemon.market.summary, sequence: 4n };
    await reporter.report(never);
    expect(daemon.market.reports).to.have.length(2);
  });

  it("is sent after an hour even so: a provider who is silent for days loses his collateral", async () => {
    const { daemon, reporter } = reporting();
    daemon.market.summary = { ...daemon.market.summary, sequence: 3n };
    await daemon.clock.advance(3_599_999);
    expect(await reporter.report(never).catch((error: unknown) => error)).to.be.instanceOf(RetryableError);
    await daemon.clock.advance(1);
    await reporter.report(never);
    expect(daemon.market.reports).to.have.length(1);
  });
});

describe("reporter", () => {
  it("reports at half the provider's report period", async () => {
    const { reporter, daemon } = reporting();
    expect(await reporter.untilDue(never)).to.equal(1_800_000);
    await daemon.clock.advance(1_000_000);
    expect(await reporter.untilDue(never)).to.equal(800_000);
    await daemon.clock.advance(9_000_000);
    expect(await reporter.untilDue(never)).to.equal(0);
  });

  it("reports sooner when it is told to, and never later", async () => {
    const sooner = reporting({ interval: 5 });
    expect(await sooner.reporter.untilDue(never)).to.equal(5_000);
    const later = reporting({ interval: 3_600 });
    expect(await later.reporter.untilDue(never)).to.equal(1_800_000);
  });

  it("is due by the chain's time where that is ahead of the machine's", async () => {
    const { daemon, reporter } = reporting();
    daemon.market.timestamp += 1_700n;
    expect(await reporter.untilDue(never)).to.equal(100_000);
  });

  it("does not report again because the block it reads is older than its last report", async () => {
    const { daemon, reporter } = reporting({ interval: 5 });
    await daemon.clock.advance(60_000);
    expect(await reporter.untilDue(never)).to.equal(0);
    await reporter.report(never);
    daemon.market.number -= 1n;
    expect(await reporter.untilDue(never)).to.equal(5_000);
  });

  it("reports on by its own time where the chain's stands still or runs ahead", async () => {
    const { daemon, reporter } = reporting({ interval: 5 });
    await reporter.report(never);
    daemon.market.timestamp += 10_000n;
    daemon.market.summary = { ...daemon.market.summary, lastReportAt: daemon.market.timestamp };
    await daemon.clock.advance(4_000);
    expect(await reporter.untilDue(never)).to.equal(1_000);
  });

  it("reports no more often where the chain's clock is behind the machine's", async () => {
    const { daemon, reporter } = reporting({ interval: 5 });
    await daemon.clock.advance(60_000);
    await reporter.report(never);
    daemon.market.number += 1n;
    daemon.market.summary = { ...daemon.market.summary, lastReportAt: daemon.market.timestamp };
    expect(await reporter.untilDue(never)).to.equal(5_000);
    await daemon.clock.advance(2_000);
    expect(await reporter.untilDue(never)).to.equal(3_000);
  });

  it("reports for ever, retries what fails, says what is at risk, and ends with its signal", async () => {
    const { daemon, reporter } = reporting({ interval: 5 });
    const stop = new AbortController();
    const run = reporter.run(stop.signal);
    await quiet();
    await daemon.clock.advance(5_000);
    expect(daemon.market.reports).to.have.length(1);
    daemon.market.nextFailure = new RetryableError("E_RPC_FAILED", "busy", {
      atRisk: "nothing",
      next: "wait",
    });
    await daemon.clock.advance(5_000);
    expect(daemon.market.reports).to.have.length(1);
    const warning = daemon.log.said.find(({ level }) => level === "warn");
    expect(warning?.fields).to.include({ code: "E_RPC_FAILED", failures: 1, retryInMs: 500 });
    expect(warning?.fields["atRisk"]).to.match(/the service clock stops at \d{4}-/);
    await daemon.clock.advance(500);
    expect(daemon.market.reports).to.have.length(2);
    await daemon.clock.advance(5_000);
    expect(daemon.market.reports).to.have.length(3);
    stop.abort();
    await run;
  });

  it("reports at once after a silence, and waits for a dark chain", async () => {
    const { daemon, reporter } = reporting();
    await daemon.clock.advance(7_200_000);
    daemon.market.isDark = true;
    const stop = new AbortController();
    const run = reporter.run(stop.signal);
    await quiet();
    expect(daemon.market.reports).to.have.length(0);
    daemon.market.isDark = false;
    await daemon.clock.advance(1_000);
    expect(daemon.market.reports).to.have.length(1);
    stop.abort();
    await run;
  });
});
