// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { inWords } from "./duration.ts";
import type { Finding } from "./health.ts";
import {
  chainTime,
  type ChainSight,
  headLag,
  judgeChain,
  judgeClock,
  type HeadSight,
} from "./judge-chain.ts";
import { judgeEngine, judgeJournal } from "./judge-machine.ts";
import { judgeLeftovers, LEFTOVER_KINDS, type Leftover } from "./leftover.ts";
import { judgeGasMoney, judgeInstance, judgeReport, type PurseSight } from "./judge-provider.ts";

const NOW = 1_000_000;
const DAY = 86_400;

function head(changes: Partial<HeadSight> = {}): HeadSight {
  return {
    number: 7n,
    timestamp: NOW,
    seenAt: NOW,
    since: NOW,
    now: NOW,
    cameWhileLooking: true,
    ...changes,
  };
}

function purse(days: number): PurseSight {
  const operator = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
  return { operator, balance: BigInt(days * 48), costOfReport: 1n, reportInterval: 1_800 };
}

/** A finding that is not well says what is at risk and what to do. */
function expectSentence({ what, atRisk, next }: Finding): void {
  for (const part of [what, atRisk, next]) expect(part).to.match(/^\S.{9,}/);
}

describe("health of the chain", () => {
  const sight: ChainSight = { head: head(), failureCode: null, endpoints: ["serving"], onDemand: false };

  it("is failing while the endpoint does not answer, and names the code, not the error's text", () => {
    const finding = judgeChain({ ...sight, head: null, failureCode: "E_RPC_UNREACHABLE" });
    expect(finding.state).to.equal("failing");
    expect(finding.what).to.contain("E_RPC_UNREACHABLE");
    expectSentence(finding);
  });

  it("is failing once the head has stood for more than three minutes, whatever the machine's clock says", () => {
    for (const skew of [-3_600, 0, 3_600]) {
      const seenAt = NOW + skew;
      expect(judgeChain({ ...sight, head: head({ seenAt, now: NOW + 180 }) }).state).to.equal("ok");
      const stale = judgeChain({ ...sight, head: head({ seenAt, now: NOW + 181 }) });
      expect(stale.state).to.equal("failing");
      expectSentence(stale);
    }
  });

  it("takes the machine's word on a head that stood before anybody looked", () => {
    const old = head({ cameWhileLooking: false, timestamp: NOW - 600 });
    expect(headLag(old)).to.equal(600);
    expect(judgeChain({ ...sight, head: old }).state).to.equal("failing");
  });

  it("never fails for a quiet chain that makes blocks only when somebody sends", () => {
    expect(judgeChain({ ...sight, head: head({ now: NOW + 9_999 }), onDemand: true }).state).to.equal("ok");
  });

  it("is failing while a block is shown on which nothing is decided, and names why", () => {
    const finding = judgeChain({ ...sight, failureCode: "E_FINALITY_CROSSED" });
    expect(finding.state).to.equal("failing");
    expect(finding.what).to.contain("7").and.to.contain("E_FINALITY_CROSSED");
    expectSentence(finding);
  });

  it("warns of every endpoint that does not serve, by its place alone", () => {
    expect(judgeChain({ ...sight, endpoints: ["serving", "serving"] }).state).to.equal("ok");
    const finding = judgeChain({ ...sight, endpoints: ["behind", "serving", "failing"] });
    expect(finding.state).to.equal("warning");
    expect(finding.what).to.equal("Of 3 endpoints, number 1 is behind, number 3 does not answer rightly.");
    expectSentence(finding);
  });

  it("counts the chain's time on from its newest block", () => {
    expect(chainTime(head({ seenAt: NOW + 500, now: NOW + 30 }))).to.equal(NOW + 30);
  });
});

describe("health of the clock", () => {
  const cases: readonly [string, Partial<HeadSight>, Finding["state"]][] = [
    ["a block from the future proves the machine slow", { seenAt: NOW - 61 }, "failing"],
    [
      "a block that was there already proves it slow too",
      { seenAt: NOW - 61, cameWhileLooking: false },
      "failing",
    ],
    ["a minute is no skew", { seenAt: NOW - 60 }, "ok"],
    ["an old block that has just come proves it fast", { seenAt: NOW + 61 }, "failing"],
    [
      "an old block that was there already proves nothing",
      { seenAt: NOW + 61, cameWhileLooking: false },
      "unknown",
    ],
  ];
  for (const [title, changes, state] of cases) {
    it(title, () => expect(judgeClock(head(changes), false).state).to.equal(state));
  }

  it("an old block proves nothing against the clock where blocks are made on demand", () => {
    expect(judgeClock(head({ seenAt: NOW + 61, cameWhileLooking: false }), true).state).to.equal("ok");
    expect(judgeClock(head({ seenAt: NOW - 61, cameWhileLooking: false }), true).state).to.equal("failing");
  });
});

describe("health of the provider", () => {
  const report = (age: number) =>
    judgeReport({ lastReportAt: NOW - age, reportPeriod: 3_600, chainNow: NOW });

  it("pay runs for one report period after a report: the last quarter is a warning, its end a failure", () => {
    expect([0, 2_700, 2_701, 3_599, 3_600].map((age) => report(age).state)).to.deep.equal([
      "ok",
      "ok",
      "warning",
      "warning",
      "failing",
    ]);
    expect(report(600).what).to.contain("pay stops in 50m");
    expect(report(7_200).atRisk).to.contain("stopped 1h ago");
    expectSentence(report(7_200));
  });

  it("gas money warns under seven days and fails under two, and names whom to send coin to", () => {
    expect([7, 6, 2, 1, 0].map((days) => judgeGasMoney(purse(days)).state)).to.deep.equal([
      "ok",
      "warning",
      "warning",
      "failing",
      "failing",
    ]);
    expect(judgeGasMoney(purse(6)).next).to.contain("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
    expect(judgeGasMoney({ ...purse(0), costOfReport: 0n }).state).to.equal("ok");
  });

  it("an instance is ours until a higher one is on chain; a block older than our claim proves nothing", () => {
    const state = (ours: number | null, current: number) => judgeInstance({ ours, current }).state;
    expect([state(3, 3), state(3, 2), state(3, 4), state(null, 4)]).to.deep.equal([
      "ok",
      "ok",
      "failing",
      "unknown",
    ]);
  });

  it("what the chain does not tell is unknown: neither well nor ill", () => {
    for (const finding of [
      judgeReport(null),
      judgeGasMoney(null),
      judgeInstance(null),
      judgeClock(null, false),
    ]) {
      expect(finding.state).to.equal("unknown");
      expectSentence(finding);
    }
  });
});

describe("health of the machine", () => {
  it("fails with the engine and with the journal, each with its command", () => {
    for (const judge of [judgeEngine, judgeJournal]) {
      expect(judge(null).state).to.equal("ok");
      expect(judge("E_SOMETHING").state).to.equal("failing");
      expectSentence(judge("E_SOMETHING"));
    }
  });
});

describe("health of what is cleared away", () => {
  const left = (kind: Leftover["kind"], since = NOW * 1_000): Leftover => ({
    kind,
    name: "secret-name",
    since,
  });

  it("is well where nothing is left, and a warning otherwise, never a failure", () => {
    expect(judgeLeftovers([], NOW).state).to.equal("ok");
    for (const kind of LEFTOVER_KINDS) {
      const finding = judgeLeftovers([left(kind)], NOW * 1_000);
      expect(finding.state, kind).to.equal("warning");
      expect(finding.atRisk, kind).to.contain("no money");
      expectSentence(finding);
    }
  });

  it("counts by kind, names nothing of a tenant's, and tells first of a process, because that takes the most", () => {
    const leftovers = [left("volume"), left("process", (NOW - 90) * 1_000), left("volume")];
    const finding = judgeLeftovers(leftovers, NOW * 1_000);
    expect(finding.what).to.contain("1 of kind process, 2 of kind volume").and.to.contain("1m 30s");
    expect(finding.next).to.contain("restart of the machine");
    expect(JSON.stringify(finding)).not.to.contain("secret-name");
  });
});

describe("a duration in words", () => {
  it("has its two largest units", () => {
    expect([0, 59, 60, 3_661, 2 * DAY + 3 * 3_600 + 5, -4].map(inWords)).to.deep.equal([
      "0s",
      "59s",
      "1m",
      "1h 1m",
      "2d 3h",
      "0s",
    ]);
  });
});
