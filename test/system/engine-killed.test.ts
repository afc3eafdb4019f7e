// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { getMarketEvents, type MarketEvent } from "@berth/sdk";
import { expect } from "chai";
import { startOrchestrator } from "../../scripts/demonstration/orchestrator.ts";
import { claimEarnings, closeLease, leaseFor } from "../../scripts/demonstration/tenant.ts";
import { ensureHelloImage } from "../../scripts/images/build-hello.ts";
import { OwnEngine, requireOwnEngine } from "../helpers/own-engine.ts";
import { eventually, standStage, type StandingStage } from "../helpers/stage.ts";

/** Seconds between two samples: as a daemon does by default. */
const SAMPLE = 10;
/** For how long the engine is away, in milliseconds: longer than two samples. */
const AWAY_MS = 25_000;
/** Seconds that a look and a transaction may take on top, and that blocks lose by telling whole ones. */
const SLACK = 3;

/** Without a word on restarting: the end of its process would be the end of a job, if it were its own. */
const COMPOSE = `name: keeper
services:
  web:
    image: berth/hello:local
    command: ["sh", "-c", "echo started >> /data/starts; exec sleep 1000000"]
    volumes: ["data:/data"]
    deploy: { resources: { limits: { cpus: "0.25", memory: 64M } } }
volumes:
  data:
x-berth: { maxRate: 1.00/h, deposit: "1.00" }
`;

interface Process {
  readonly containerId: string;
  readonly pid: number;
  readonly startedAt: string;
}

type Timed = MarketEvent & { readonly at: number };

/** A lease that a daemon serves on an engine of the test's own. */
class Scene {
  readonly own: OwnEngine;
  readonly standing: StandingStage;
  leaseId = 0n;

  private constructor(own: OwnEngine, standing: StandingStage) {
    this.own = own;
    this.standing = standing;
  }

  static async set(context: Mocha.Context, liveRestore: boolean): Promise<Scene> {
    requireOwnEngine(context);
    const standing = await standStage(context);
    const own = await OwnEngine.start(liveRestore).catch(async (error: unknown) => {
      await standing.takeDown();
      throw error;
    });
    const scene = new Scene(own, standing);
    try {
      const { signal } = new AbortController();
      await ensureHelloImage(signal, own.engine);
      await standing.stage.orchestrator.stop();
      await scene.startDaemon();
      scene.leaseId = (await leaseFor(COMPOSE, standing.stage, () => undefined, signal)).leaseId;
      return scene;
    } catch (error) {
      await scene.strike();
      throw error;
    }
  }

  async strike(): Promise<void> {
    this.own.goOn();
    try {
      await this.standing.takeDown();
    } finally {
      await this.own.takeDown();
    }
  }

  async startDaemon(): Promise<void> {
    const { stage } = this.standing;
    const environment = {
      BERTH_DOCKER_SOCKET: this.own.socketPath,
      BERTH_SAMPLE_INTERVAL_SECONDS: String(SAMPLE),
    };
    stage.orchestrator = await startOrchestrator({ ...stage.daemon, environment });
  }

  async process(): Promise<Process> {
    const [listed] = await this.own.engine.docker.listContainers({ all: true });
    const containerId = listed?.Id ?? "";
    const { State } = await this.own.engine.docker.getContainer(containerId).inspect();
    return { containerId, pid: State.Pid, startedAt: State.StartedAt };
  }

  /** What the tenant's service has written into its volume. */
  async starts(): Promise<string> {
    return this.own.runIn((await this.process()).containerId, "cat", "/data/starts");
  }

  /** The market's events with the time of their blocks, in seconds since 1970. */
  async events(): Promise<readonly Timed[]> {
    const { client, contracts } = this.standing.stage.local;
    const toBlock = await client.getBlockNumber({ cacheTime: 0 });
    const events = await getMarketEvents(client, { address: contracts.market, fromBlock: 0n, toBlock });
    const blocks = [...new Set(events.map(({ blockNumber }) => blockNumber))];
    const times = new Map(
      await Promise.all(
        blocks.map(async (blockNumber) => {
          const { timestamp } = await client.getBlock({ blockNumber });
          return [blockNumber, Number(timestamp)] as const;
        }),
      ),
    );
    return events.map((event) => ({ ...event, at: times.get(event.blockNumber) ?? Number.NaN }));
  }

  /** When the lease's meter was started and stopped, in order. */
  async meter(): Promise<readonly (readonly [string, number])[]> {
    const turns = ["LeaseStarted", "LeasePaused", "LeaseResumed", "LeaseClosed"];
    const events = await this.events();
    return events.flatMap(({ name, at }) => (turns.includes(name) ? [[name, at] as const] : []));
  }

  /** Waits for the next turn of the meter of that name, and answers its time. */
  async turn(name: string, before: number): Promise<number> {
    return eventually(`${name} follows`, async () => {
      const last = (await this.meter()).slice(before).find(([each]) => each === name);
      return last?.[1];
    });
  }

  /** Closes the lease, and holds what it paid against the time for which its meter ran, to the unit. */
  async expectMoney(): Promise<void> {
    const { stage } = this.standing;
    await closeLease(stage, this.leaseId);
    const { milliRatePerSecond } = await stage.local.market.leaseSummary(this.leaseId);
    const events = await this.events();
    const dues = events.flatMap((event) => ("due" in event.args ? [event.args.due] : []));
    const paid = dues.reduce((sum, due) => sum + due, 0n);
    const turns = await this.meter();
    const ran = turns.slice(1).reduce((sum, [, at], index) => {
      const [before, since] = turns[index] ?? ["LeasePaused", at];
      return before === "LeasePaused" ? sum : sum + at - since;
    }, 0);
    expect(paid).to.equal((milliRatePerSecond * BigInt(ran)) / 1_000n);
    const opened = events.find((event) => event.name === "LeaseOpened");
    const closed = events.find((event) => event.name === "LeaseClosed");
    if (opened?.name !== "LeaseOpened" || closed?.name !== "LeaseClosed") throw new Error("no whole lease");
    expect(paid + closed.args.refund).to.equal(opened.args.balance);
    expect(await claimEarnings(stage, this.leaseId)).to.equal(paid);
  }
}

const seconds = (milliseconds: number): number => milliseconds / 1_000;

describe("an engine whose containers end with it", function () {
  this.timeout(300_000);
  let scene: Scene;
  let first: Process;

  before(async function () {
    scene = await Scene.set(this, false);
    first = await scene.process();
  });

  after(() => scene?.strike());

  it("that hangs: the lease is paused within a sample, no container is touched, and it is resumed", async () => {
    const turns = (await scene.meter()).length;
    const hungAt = seconds(Date.now());
    scene.own.hang();
    await delay(AWAY_MS);
    const pausedAt = await scene.turn("LeasePaused", turns);
    expect(pausedAt - hungAt).to.be.at.most(SAMPLE + SLACK);
    const backAt = seconds(Date.now());
    scene.own.goOn();
    expect((await scene.turn("LeaseResumed", turns)) + 1).to.be.at.least(backAt);
    expect(await scene.process()).to.deep.equal(first);
    expect(await scene.starts()).to.equal("started\n");
  });

  it("that was killed: the outage is not paid for, and what it took down runs again with its data", async () => {
    const turns = (await scene.meter()).length;
    const killedAt = seconds(Date.now());
    await scene.own.kill();
    await delay(AWAY_MS);
    const pausedAt = await scene.turn("LeasePaused", turns);
    expect(pausedAt - killedAt).to.be.at.most(SAMPLE + SLACK);
    await scene.own.restart();
    const resumedAt = await scene.turn("LeaseResumed", turns);
    const again = await scene.process();
    expect(again.containerId).to.equal(first.containerId);
    expect(Date.parse(again.startedAt)).to.be.above(Date.parse(first.startedAt));
    expect(resumedAt + 1).to.be.at.least(seconds(Date.parse(again.startedAt)));
    expect(await scene.starts()).to.equal("started\nstarted\n");
  });

  it("that hangs when the daemon comes back: the lease is paused before the first report", async () => {
    const turns = (await scene.meter()).length;
    const running = await scene.process();
    await scene.standing.stage.orchestrator.kill();
    const known = (await scene.events()).length;
    scene.own.hang();
    await scene.startDaemon();
    await scene.turn("LeasePaused", turns);
    await eventually("it reports", async () =>
      (await scene.events()).slice(known).some(({ name }) => name === "ProviderReported"),
    );
    const [next] = (await scene.events()).slice(known);
    expect(next?.name).to.equal("LeasePaused");
    scene.own.goOn();
    await scene.turn("LeaseResumed", turns);
    expect(await scene.process()).to.deep.equal(running);
  });

  it("costs the tenant what its meter ran for, to the unit", () => scene.expectMoney());
});

describe("an engine whose containers outlive it", function () {
  this.timeout(300_000);
  let scene: Scene;
  let first: Process;

  before(async function () {
    scene = await Scene.set(this, true);
    first = await scene.process();
    // Only what the service watch has seen to run can be known to run on: it looks twice in a sample.
    await delay(SAMPLE * 1_000);
  });

  after(() => scene?.strike());

  async function expectUntouched(): Promise<void> {
    expect(await scene.process()).to.deep.equal(first);
    expect((await scene.meter()).map(([name]) => name)).to.deep.equal(["LeaseStarted"]);
    expect(await scene.starts()).to.equal("started\n");
  }

  it("that was killed: the same process goes on, and so does the meter", async () => {
    await scene.own.kill();
    await delay(AWAY_MS);
    expect(existsSync(`/proc/${first.pid}`)).to.equal(true);
    await scene.own.restart();
    await delay(SAMPLE * 1_000);
    await expectUntouched();
  });

  it("that hangs: the same process goes on, and so does the meter", async () => {
    scene.own.hang();
    await delay(AWAY_MS);
    scene.own.goOn();
    await delay(SAMPLE * 1_000);
    await expectUntouched();
  });

  it("that was killed: a process that ends meanwhile is not paid for longer than a sample", async () => {
    await scene.own.kill();
    await delay(SAMPLE * 1_000);
    const endedAt = seconds(Date.now());
    process.kill(first.pid, "SIGKILL");
    const pausedAt = await scene.turn("LeasePaused", 1);
    expect(pausedAt - endedAt).to.be.at.most(SAMPLE + SLACK);
    await scene.own.restart();
  });

  it("costs the tenant what its meter ran for, to the unit", () => scene.expectMoney());
});
