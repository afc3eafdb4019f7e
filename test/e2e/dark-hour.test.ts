// SPDX-License-Identifier: Apache-2.0
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { getMarketEvents, type LeaseSummary, type MarketEvent } from "@berth/sdk";
import { expect } from "chai";
import type Dockerode from "dockerode";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { awaitNothingLeft } from "../../scripts/demonstration/leftovers.ts";
import { startOrchestrator } from "../../scripts/demonstration/orchestrator.ts";
import { closeLease, leaseFor, leaseHello } from "../../scripts/demonstration/tenant.ts";
import { readBooks } from "../helpers/crash/books.ts";
import { startDarkProxy, type DarkProxy } from "../helpers/dark-proxy.ts";
import { connectTestClient } from "../helpers/viem-market.ts";
import { eventually, standStage, type StandingStage } from "../helpers/stage.ts";

/** Of chain time, in seconds; the provider's report period is ten minutes. */
const DARK = 3_600;
const BLOCKS = 12;
const REPORT_PERIOD = 600n;
/** Of real time: several turns of each of the daemon's loops. */
const DARK_MS = 4_000;
/** What a health check does inside a container is no change of it. */
const CHANGES = [
  "create",
  "start",
  "stop",
  "kill",
  "die",
  "pause",
  "unpause",
  "restart",
  "update",
  "destroy",
];

/** Once its flag is down it does not come up again. */
const FRAIL = `name: frail
services:
  web:
    image: berth/hello:local
    command: ["sh", "-c", "test ! -e /data/down && exec sleep 1000000"]
    restart: always
    volumes: ["data:/data"]
    deploy: { resources: { limits: { cpus: "0.25", memory: 64M } } }
volumes:
  data:
x-berth: { maxRate: 1.00/h, deposit: "1.00" }
`;

interface Process {
  readonly pid: number;
  readonly startedAt: string;
}

describe("a daemon that sees no chain for an hour", function () {
  this.timeout(240_000);
  const signal = new AbortController().signal;
  const { docker } = connectEngine({});
  let standing: StandingStage;
  let rpc: DarkProxy;
  let [sound, frail] = [0n, 0n];
  let containers: ReadonlyMap<bigint, string>;
  let wentDark = { block: 0n, at: 0 };
  let lit: { readonly block: bigint; readonly report: MarketEvent };

  const local = () => standing.stage.local;
  const summary = (leaseId: bigint, blockNumber?: bigint): Promise<LeaseSummary> =>
    local().market.leaseSummary(leaseId, blockNumber === undefined ? {} : { blockNumber });
  const newest = (): Promise<bigint> => local().client.getBlockNumber({ cacheTime: 0 });
  const eventsAfter = async (block: bigint): Promise<readonly MarketEvent[]> => {
    const [address, toBlock] = [local().contracts.market, await newest()];
    return toBlock <= block
      ? []
      : getMarketEvents(local().client, { address, fromBlock: block + 1n, toBlock });
  };
  const containerOf = (leaseId: bigint): Dockerode.Container =>
    docker.getContainer(containers.get(leaseId) ?? "");
  const processOf = async (leaseId: bigint): Promise<Process> => {
    const { State } = await containerOf(leaseId).inspect();
    return { pid: State.Pid, startedAt: State.StartedAt };
  };
  /** What happened to a lease's container since the dark began, as the engine tells it. */
  const changesOf = async (leaseId: bigint): Promise<readonly string[]> => {
    const [since, until] = [Math.floor(wentDark.at / 1_000), Math.ceil(Date.now() / 1_000)];
    const filters = { type: ["container"], container: [containers.get(leaseId) ?? ""] };
    const stream = await docker.getEvents({ since, until, filters: JSON.stringify(filters) });
    const told = (await text(stream)).split("\n").filter((line) => line !== "");
    return told
      .map((line) => JSON.parse(line) as { readonly Action: string; readonly timeNano: number })
      .filter(({ Action, timeNano }) => CHANGES.includes(Action) && timeNano / 1e6 >= wentDark.at)
      .map(({ Action }) => Action);
  };

  before(async function () {
    standing = await standStage(this);
    const { stage } = standing;
    await stage.orchestrator.stop();
    const rpcPort = Number(new URL(stage.chain.url).port);
    const darkPort = rpcPort === 65_535 ? rpcPort - 1 : rpcPort + 1;
    rpc = await startDarkProxy(darkPort, { host: "127.0.0.1", port: rpcPort });
    stage.orchestrator = await startOrchestrator({ ...stage.daemon, rpcUrl: `http://127.0.0.1:${darkPort}` });
    sound = (await leaseHello(stage, () => undefined, signal)).leaseId;
    frail = (await leaseFor(FRAIL, stage, () => undefined, signal)).leaseId;
    const workloads = await stage.runtime.observe(signal);
    containers = new Map(workloads.map(({ leaseId, containers: [only] }) => [leaseId, only?.id ?? ""]));
    expect(containers.size).to.equal(2);
  });

  after(async () => {
    await rpc?.lighten();
    await standing?.takeDown();
    await rpc?.close();
  });

  it("touches no container, not even one whose process ends, and earns one report period", async () => {
    const [running, ended] = [await processOf(sound), await processOf(frail)];
    await rpc.darken();
    wentDark = { block: await newest(), at: Date.now() };
    const down = await containerOf(frail).exec({ Cmd: ["touch", "/data/down"] });
    await down.start({});
    await eventually("its flag is down", async () => (await down.inspect()).ExitCode === 0);
    await containerOf(frail).kill();
    const clock = connectTestClient(standing.stage.chain.url);
    for (let block = 0; block < BLOCKS; block += 1) {
      await clock.increaseTime({ seconds: DARK / BLOCKS });
      await clock.mine({ blocks: 1 });
    }
    await delay(DARK_MS);
    expect(standing.stage.orchestrator.log()).to.include("E_RPC_UNREACHABLE");
    expect(await processOf(sound)).to.deep.equal(running);
    expect(await changesOf(sound)).to.deep.equal([]);
    expect(await changesOf(frail)).to.deep.equal(["kill", "die"]);
    expect(await processOf(frail)).to.deep.equal({ ...ended, pid: 0 });
    const {
      clock: reported,
      clockNow,
      silent,
    } = await local().market.providerOf(standing.stage.daemon.provider);
    expect({ silent, clockNow }).to.deep.equal({ silent: true, clockNow: reported + REPORT_PERIOD });
    const { remainder, milliRatePerSecond, settledClock, accrued } = await summary(sound);
    expect(accrued).to.equal((remainder + milliRatePerSecond * (clockNow - settledClock)) / 1_000n);
  });

  it("pauses what does not run before its first report, and goes on with the rest", async () => {
    expect(await eventsAfter(wentDark.block), "nothing was sent").to.deep.equal([]);
    const block = await newest();
    await rpc.lighten();
    const report = await eventually("it reports again", async () =>
      (await eventsAfter(block)).find(({ name }) => name === "ProviderReported"),
    );
    lit = { block, report };
    expect((await summary(frail, report.blockNumber)).status).to.equal("paused");
    expect((await summary(sound, report.blockNumber)).status).to.equal("active");
    await eventually("it goes on reporting", async () => {
      const events = await eventsAfter(report.blockNumber);
      return events.filter(({ name }) => name === "ProviderReported").length >= 2;
    });
    expect(await changesOf(sound)).to.deep.equal([]);
  });

  it("is paid for no second of the dark beyond that report period, to the last unit", async () => {
    const { settledClock } = await summary(sound);
    await closeLease(standing.stage, sound);
    await closeLease(standing.stage, frail);
    const { deposited, paid, refunded, errors, life } = await readBooks(local(), sound);
    expect(errors).to.deep.equal([]);
    expect(life).to.deep.equal(["LeaseOpened", "LeaseStarted", "LeaseClosed", "CollateralUnlocked"]);
    expect(paid + refunded).to.equal(deposited);
    const { milliRatePerSecond, closedAt } = await summary(sound);
    const { timestamp: reportedAt } = await local().client.getBlock({ blockNumber: lit.report.blockNumber });
    const clock = lit.report.name === "ProviderReported" ? lit.report.args.clock : 0n;
    const since = closedAt - reportedAt;
    expect(since < 120n, "the rest of the test is short").to.equal(true);
    expect(paid).to.equal((milliRatePerSecond * (clock + since - settledClock)) / 1_000n);
    await awaitNothingLeft(standing.stage.runtime, AbortSignal.timeout(60_000));
  });
});
