// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import { CHECK_NAMES, type CheckName, type CheckState } from "../domain/health.ts";
import { judgeEgress, type EgressSight } from "../domain/egress.ts";
import type { EndpointState } from "../domain/judge-chain.ts";
import type { Leftover } from "../domain/leftover.ts";
import { obstacleOf } from "../domain/obstacle.ts";
import { instanceTaken } from "../chain/instance.ts";
import { provider } from "../test/builders.ts";
import { Daemon } from "../test/daemon.ts";
import { ManualClock, quiet } from "../test/manual-clock.ts";
import { HealthBoard } from "./board.ts";
import { GasLedger } from "./gas-ledger.ts";
import { watchHealth } from "./watch.ts";

const ETHER = 10n ** 18n;
const GWEI = 10n ** 9n;

/** A daemon whose health is watched, on a chain with a block every look. */
async function watched() {
  const daemon = new Daemon();
  const { market, clock, log, runtime } = daemon;
  const board = new HealthBoard(clock);
  const stop = new AbortController();
  const overtaken = new AbortController();
  const node = {
    isSilent: false,
    balance: 10n * ETHER,
    endpoints: ["serving"] as EndpointState[],
    leftovers: [] as Leftover[],
    egress: { state: "proved", backend: "nftables" } as EgressSight,
  };
  const chainNow = (): number => Math.floor(clock.now() / 1_000);
  market.summary = { ...market.summary, lastReportAt: BigInt(chainNow()), instance: 1n };
  daemon.journal.setInstance(1);
  const journal = { failure: null as Error | null, hasBallast: true };
  const ended = watchHealth(
    {
      operator: provider,
      chain: market,
      node: {
        newest: async () => {
          if (node.isSilent) throw new RetryableError("E_RPC_UNREACHABLE", "no", { atRisk: "", next: "" });
          return { number: market.number, timestamp: Number(market.timestamp) };
        },
        endpoints: () => node.endpoints,
        purse: async () => ({ balance: node.balance, gasPrice: GWEI }),
      },
      runtime,
      journal: {
        instance: () => daemon.journal.instance(),
        touch: () => {
          if (journal.failure !== null) throw journal.failure;
          daemon.journal.touch();
        },
        keepBallast: () => journal.hasBallast,
      },
      ledger: new GasLedger(),
      clock,
      reportInterval: null,
      onDemand: false,
      leftovers: () => node.leftovers,
      overtaken: overtaken.signal,
      egress: { finding: () => judgeEgress(node.egress) },
      board,
      log,
      seen: () => undefined,
      interval: 15_000,
    },
    stop.signal,
  );
  /** The next look, with a new block or without one. */
  const look = async (withBlock = true): Promise<void> => {
    await clock.advance(15_000);
    if (!withBlock) return;
    market.number += 1n;
    market.timestamp = BigInt(chainNow());
  };
  market.timestamp = BigInt(chainNow());
  await quiet();
  await look();
  await look();
  const states = (): Record<CheckName, CheckState> =>
    Object.fromEntries(board.checks().map(({ name, state }) => [name, state])) as Record<
      CheckName,
      CheckState
    >;
  const finish = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  return { daemon, market, board, node, journal, look, states, finish, overtaken };
}

const WELL = {
  chain: "ok",
  engine: "ok",
  journal: "ok",
  report: "ok",
  gasMoney: "ok",
  instance: "ok",
  clock: "ok",
  leftovers: "ok",
  egress: "ok",
  disk: "ok",
};

describe("health", () => {
  it("is unknown before anybody has looked, and of what was last looked at a minute ago", async () => {
    const clock = new ManualClock(1_000);
    const board = new HealthBoard(clock);
    expect(board.checks().map(({ state }) => state)).to.deep.equal(CHECK_NAMES.map(() => "unknown"));
    board.note("engine", { state: "ok", what: "It answers.", atRisk: "nothing", next: "nothing" });
    for (const step of [3_600_000, -7_200_000, 3_600_000]) {
      clock.step(step);
      expect(board.checks()[1]).to.include({ state: "ok", since: 1_000 });
    }
    await clock.advance(60_000);
    expect(board.checks()[1]).to.include({ state: "ok", since: 1_000 });
    await clock.advance(1);
    expect(board.checks()[1]).to.include({ state: "unknown", since: 61_000 });
  });

  it("is well where all is well", async () => {
    const { states, finish } = await watched();
    expect(states()).to.deep.equal(WELL);
    await finish();
  });

  it("of a dark chain is failing for the chain alone, and unknown for what only the chain tells", async () => {
    const { states, node, market, look, finish } = await watched();
    node.isSilent = true;
    market.isDark = true;
    await look();
    const untold = { report: "unknown", gasMoney: "unknown", instance: "unknown", clock: "unknown" };
    expect(states()).to.deep.equal({ ...WELL, chain: "failing", ...untold });
    await finish();
  });

  it("warns of an endpoint that fails while another serves, and fails where nothing may be decided", async () => {
    const { states, node, market, board, look, finish } = await watched();
    node.endpoints = ["serving", "behind", "failing"];
    await look();
    expect(states()).to.deep.equal({ ...WELL, chain: "warning" });
    expect(board.checks()[0]?.what).to.contain("number 2 is behind, number 3 does not answer");
    node.endpoints = ["serving", "serving", "serving"];
    market.isDark = true;
    await look();
    expect(states()).to.include({
      chain: "failing",
      report: "unknown",
      instance: "unknown",
      gasMoney: "unknown",
    });
    market.isDark = false;
    await look();
    expect(states()).to.deep.equal(WELL);
    await finish();
  });

  it("keeps since when a check has its state, and says a change once, with what is at risk", async () => {
    const { board, journal, daemon, look, finish } = await watched();
    journal.failure = new Error("disk full");
    await look();
    const since = board.checks().find(({ name }) => name === "journal")?.since;
    await look();
    await look();
    expect(board.checks().find(({ name }) => name === "journal")).to.include({ state: "failing", since });
    const said = daemon.log.said.filter(
      ({ fields }) => fields["check"] === "journal" && fields["state"] !== "ok",
    );
    expect(said).to.have.length(1);
    expect(said[0]?.fields["atRisk"]).to.contain("the pay of every lease");
    journal.failure = null;
    await look();
    const journalSaid = daemon.log.said.filter(({ fields }) => fields["check"] === "journal");
    expect(journalSaid.at(-1)).to.deep.include({ level: "info", fields: { check: "journal", state: "ok" } });
    await finish();
  });

  it("warns of what cannot be cleared away, and is well again by itself", async () => {
    const { states, node, look, finish } = await watched();
    node.leftovers = [{ kind: "volume", name: "data", since: 0 }];
    await look();
    expect(states()).to.deep.equal({ ...WELL, leftovers: "warning" });
    node.leftovers = [];
    await look();
    expect(states()).to.deep.equal(WELL);
    await finish();
  });

  it("of a firewall that does not hold is failing, and of one that cannot be looked at unknown", async () => {
    const { states, node, look, finish } = await watched();
    node.egress = { state: "leaking", backend: "nftables" };
    await look();
    expect(states()).to.deep.equal({ ...WELL, egress: "failing" });
    node.egress = { state: "unknown", code: "E_FIREWALL_DENIED" };
    await look();
    expect(states()).to.deep.equal({ ...WELL, egress: "unknown" });
    await finish();
  });

  it("fails where the journal has no ballast to give up, however empty the engine's disk is", async () => {
    const { states, daemon, board, journal, look, finish } = await watched();
    const obstacle = () => obstacleOf(board.checks(), [], true)?.code ?? null;
    daemon.engine.disk = { totalBytes: 100, freeBytes: 90 };
    expect(obstacle()).to.equal(null);
    journal.hasBallast = false;
    await look();
    expect(states()).to.deep.equal({ ...WELL, disk: "failing" });
    expect(obstacle()).to.equal("E_DISK_FULL");
    journal.hasBallast = true;
    await look();
    expect(states()).to.deep.equal(WELL);
    await finish();
  });

  it("fails while the engine's disk is 85 % full, and warns where it cannot be seen", async () => {
    const { states, daemon, look, finish } = await watched();
    const { engine, runtime } = daemon;
    for (const [freeBytes, state] of [
      [16, "ok"],
      [15, "failing"],
      [0, "failing"],
    ] as const) {
      engine.disk = { totalBytes: 100, freeBytes };
      await look();
      expect(states()["disk"], String(freeBytes)).to.equal(state);
    }
    runtime.disk = async () => null;
    await look();
    expect(states()["disk"]).to.equal("warning");
    runtime.disk = () => Promise.reject(new Error("no engine"));
    await look();
    expect(states()["disk"]).to.equal("unknown");
    await finish();
  });

  it("never ends because something it looks at fails, and names each by itself", async () => {
    const { states, market, node, daemon, look, finish } = await watched();
    node.balance = 0n;
    market.summary = { ...market.summary, instance: 2n, lastReportAt: market.timestamp - 3_601n };
    daemon.runtime.describe = () => Promise.reject(new Error("no engine"));
    await look();
    expect(states()).to.deep.equal({
      ...WELL,
      engine: "failing",
      report: "failing",
      gasMoney: "failing",
      instance: "failing",
    });
    await finish();
  });

  it("of a daemon that does not act any more says so, also while the chain is dark", async () => {
    const { states, overtaken, node, market, board, look, finish } = await watched();
    overtaken.abort(instanceTaken(1, 2));
    node.isSilent = true;
    market.isDark = true;
    await look();
    expect(states()).to.include({ chain: "failing", instance: "failing" });
    expect(board.checks()[5]?.what).to.contain("does not act any more");
    await finish();
  });

  it("shows a head that stands still, and the pay that runs out meanwhile", async () => {
    const { states, look, finish } = await watched();
    for (let looks = 0; looks < 14; looks += 1) await look(false);
    expect(states()).to.include({ chain: "failing", report: "ok", clock: "ok" });
    for (let looks = 0; looks < 170; looks += 1) await look(false);
    expect(states()).to.include({ chain: "failing", report: "warning" });
    await finish();
  });

  it("takes the cost of a report from the last ones, and assumes one before the first", () => {
    const ledger = new GasLedger();
    expect(ledger.costOfReport(3n)).to.equal(300_000n);
    for (const cost of [1_000n, 8n, 8n, 8n, 8n, 8n, 8n, 8n, 16n]) ledger.noteReport(cost);
    expect(ledger.costOfReport(3n)).to.equal(9n);
  });
});
