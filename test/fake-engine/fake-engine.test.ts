// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ManualClock } from "../../orchestrator/src/test/manual-clock.ts";
import { FakeDockerEngine, type FakeEngineOptions } from "./fake-engine.ts";
import { once } from "./faults.ts";
import type { Program } from "./programs.ts";
import { speak } from "./speak.ts";

const IMAGE = "berth/hello:local";
const BEGIN = Date.parse("2026-11-22T10:00:00Z");
const SECOND = 1_000;

interface Stats {
  readonly read: string;
  readonly cpu_stats: {
    readonly cpu_usage: { readonly total_usage: number; readonly percpu_usage?: number[] };
  };
  readonly memory_stats: { readonly usage: number; readonly stats: Readonly<Record<string, number>> };
  readonly networks?: { readonly eth0: { readonly rx_bytes: number; readonly tx_bytes: number } };
}

describe("fake engine", () => {
  const open: FakeDockerEngine[] = [];
  const clock = () => new ManualClock(BEGIN);
  const start = async (options: FakeEngineOptions = {}) => {
    const fake = await FakeDockerEngine.start({ images: { [IMAGE]: ["httpd"] }, clock: clock(), ...options });
    open.push(fake);
    const say = (line: string, body?: unknown) => speak(fake.socketPath, line, body);
    return { fake, say };
  };
  const program =
    (behaviour: Program): FakeEngineOptions["programs"] =>
    () =>
      behaviour;
  const config = (host: object = {}, changes: object = {}) => ({
    ...{ Image: IMAGE, HostConfig: { NetworkMode: "bridge", ...host }, ...changes },
  });
  type Say = Awaited<ReturnType<typeof start>>["say"];
  const launch = async (say: Say, name: string, host: object = {}) => {
    await say(`POST /containers/create?name=${name}`, config(host));
    await say(`POST /containers/${name}/start`);
  };
  const stateOf = async (say: Say, name: string) =>
    ((await say(`GET /containers/${name}/json`)).json as { readonly State: Record<string, unknown> }).State;
  const statsOf = async (say: Say, name: string) =>
    (await say(`GET /containers/${name}/stats?stream=false`)).json as Stats;
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((done) => setTimeout(done, 2));
  };

  afterEach(async () => {
    for (const fake of open.splice(0)) await fake.close();
  });

  it("gives the same ids for the same seed, and others for another", async () => {
    const ids = async (seed: string) => {
      const { say } = await start({ seed });
      const { json } = await say("POST /containers/create?name=one", config());
      return json;
    };
    const first = await ids("a");
    expect(await ids("a")).to.deep.equal(first);
    expect(await ids("b")).not.to.deep.equal(first);
  });

  it("lets programs write and end at their own times, however far the clock leaps", async () => {
    const time = clock();
    const output = [1, 2].map((second) => ({
      ...{ afterMs: second * SECOND, stream: "stdout" as const, text: `line ${second}` },
    }));
    const end = { afterMs: 3 * SECOND, exitCode: 7 };
    const { say } = await start({ clock: time, programs: program({ output, end }) });
    await launch(say, "job");
    await time.advance(SECOND);
    expect(await stateOf(say, "job")).to.include({ Running: true });
    await time.advance(600 * SECOND);
    const ended = { Status: "exited", ExitCode: 7, FinishedAt: "2026-11-22T10:00:03Z" };
    expect(await stateOf(say, "job")).to.include(ended);
    const { bytes } = await say("GET /containers/job/logs?stdout=true&timestamps=true");
    expect(bytes.toString()).to.include("2026-11-22T10:00:01.000000000Z line 1\n");
    expect(bytes.toString()).to.include("2026-11-22T10:00:02.000000000Z line 2\n");
  });

  it("kills what ignores the request to end when the grace is over, and answers then", async () => {
    const time = clock();
    const { fake, say } = await start({ clock: time, programs: program({ onTerm: null }) });
    await launch(say, "stubborn");
    let hasAnswered = false;
    const stopped = say("POST /containers/stubborn/stop?t=10").then(({ status }) => {
      hasAnswered = true;
      return status;
    });
    await until(() => fake.truth.calls().has("POST /containers/{id}/stop"));
    await time.advance(9 * SECOND);
    expect([hasAnswered, fake.truth.pid("stubborn") !== null]).to.deep.equal([false, true]);
    await time.advance(SECOND);
    expect(await stopped).to.equal(204);
    const killed = { ExitCode: 137, OOMKilled: false, FinishedAt: "2026-11-22T10:00:10Z" };
    expect(await stateOf(say, "stubborn")).to.include(killed);
  });

  it("an engine that ended while it waited for a grace kills nothing afterwards", async () => {
    const time = clock();
    const { fake, say } = await start({ clock: time, programs: program({ onTerm: null }) });
    await launch(say, "stubborn");
    const stopped = say("POST /containers/stubborn/stop?t=10").catch(() => "cut off");
    await until(() => fake.truth.calls().has("POST /containers/{id}/stop"));
    await fake.restart({ liveRestore: true });
    expect(await stopped).to.equal("cut off");
    await time.advance(60 * SECOND);
    expect(await stateOf(say, "stubborn")).to.include({ Running: true });
  });

  for (const cgroup of [1, 2] as const) {
    it(`use grows by the clock and the load, within the limit, and not while frozen (cgroup v${cgroup})`, async () => {
      const time = clock();
      const { fake, say } = await start({ clock: time, cgroup });
      await launch(say, "one", { NanoCpus: 500_000_000 });
      const load = { memoryBytes: 1_000_000, rxBytesPerSecond: 10, txBytesPerSecond: 20 };
      fake.setLoad("one", { ...load, cpuMillis: 250 });
      await time.advance(4 * SECOND);
      const early = await statsOf(say, "one");
      expect(early.read).to.equal("2026-11-22T10:00:04Z");
      expect(early.cpu_stats.cpu_usage.total_usage).to.equal(1_000_000_000);
      expect(early.networks?.eth0).to.include({ rx_bytes: 40, tx_bytes: 80 });
      fake.setLoad("one", { ...load, cpuMillis: 9_000 });
      await time.advance(2 * SECOND);
      expect((await statsOf(say, "one")).cpu_stats.cpu_usage.total_usage).to.equal(2_000_000_000);
      await say("POST /containers/one/pause");
      await time.advance(100 * SECOND);
      const late = await statsOf(say, "one");
      expect(late.cpu_stats.cpu_usage.total_usage).to.equal(2_000_000_000);
      expect(late.networks?.eth0).to.include({ rx_bytes: 60, tx_bytes: 120 });
      const { usage, stats } = late.memory_stats;
      const cache = stats[cgroup === 1 ? "total_inactive_file" : "inactive_file"] ?? 0;
      expect(usage - cache).to.equal(1_000_000);
      expect(Object.hasOwn(stats, "total_inactive_file")).to.equal(cgroup === 1);
      expect(late.cpu_stats.cpu_usage.percpu_usage !== undefined).to.equal(cgroup === 1);
      await say("POST /containers/one/stop?t=1");
      await say("POST /containers/one/start");
      expect((await statsOf(say, "one")).cpu_stats.cpu_usage.total_usage).to.equal(0);
    });
  }

  it("tells the truth about starts, processes, what nobody uses, requests and followers", async () => {
    const { fake, say } = await start();
    const { truth } = fake;
    await launch(say, "one");
    const first = truth.pid("one");
    fake.kill("one");
    expect([truth.pid("one"), truth.running()]).to.deep.equal([null, []]);
    await say("POST /containers/one/start");
    await say("POST /containers/one/pause");
    const [running] = truth.running();
    expect(running).to.include({ name: "one", isFrozen: true, startedAt: BEGIN + 1 });
    expect(truth.starts("one").map(({ pid }) => pid)).to.deep.equal([first, running?.pid]);
    await say("POST /volumes/create", { Name: "lost" });
    const IPAM = { Config: [{ Subnet: "10.197.0.0/28" }] };
    await say("POST /networks/create", { Name: "stray", IPAM });
    expect([truth.networks(), truth.unusedNetworks()]).to.deep.equal([["stray"], ["stray"]]);
    expect([truth.volumes(), truth.unusedVolumes()]).to.deep.equal([["lost"], ["lost"]]);
    expect(truth.calls().get("POST /containers/{id}/start")).to.equal(2);
    const followed = say("GET /containers/one/logs?stdout=true&follow=true");
    await until(() => truth.followers() === 1);
    expect(truth.openRequests()).to.equal(1);
    fake.write("one", "stdout", "farewell");
    fake.exit("one", 0);
    expect((await followed).bytes.toString()).to.include("farewell");
    await until(() => truth.openRequests() === 0);
    expect(truth.followers()).to.equal(0);
    await say("DELETE /containers/one");
    expect(truth.starts("one")).to.have.length(2);
  });

  it("a lost reply has its effect, a refused request has none, and each fault comes once", async () => {
    const { fake, say } = await start();
    const create = (name: string) => say(`POST /containers/create?name=${name}`, config());
    const lost = once("POST /containers/create", { kind: "drop" });
    fake.faults = lost.faults;
    expect(await create("one").catch(({ code }: { readonly code: string }) => code)).to.equal("ECONNRESET");
    expect([lost.met(), fake.truth.containers()]).to.deep.equal([true, ["one"]]);
    const refusal = { kind: "refuse", status: 503, message: "not now" } as const;
    fake.faults = once("POST /containers/create", refusal).faults;
    expect(await create("two")).to.include({ status: 503, message: "not now" });
    expect(fake.truth.containers()).to.deep.equal(["one"]);
    expect((await create("two")).status).to.equal(201);
  });

  it("what hangs has its effect when it is released, and none when its client has gone away", async () => {
    const { fake, say } = await start();
    fake.faults = () => ({ kind: "hang" });
    const create = (name: string) => say(`POST /containers/create?name=${name}`, config());
    const patient = create("one");
    await until(() => fake.truth.hungRequests() === 1);
    expect(fake.truth.containers()).to.deep.equal([]);
    fake.release();
    expect((await patient).status).to.equal(201);
    const cut = create("two").catch(() => "cut off");
    await until(() => fake.truth.hungRequests() === 1);
    await fake.darken();
    expect(await cut).to.equal("cut off");
    await fake.lighten();
    fake.release();
    expect(fake.truth.containers()).to.deep.equal(["one"]);
    expect([fake.truth.hungRequests(), fake.truth.openRequests()]).to.deep.equal([0, 0]);
  });

  it("tells a policy of faults which request it is about", async () => {
    const { fake, say } = await start();
    const calls: unknown[] = [];
    fake.faults = (call) => (calls.push(call), null);
    const { json } = await say("POST /containers/create?name=one", config());
    const { Id } = json as { readonly Id: string };
    await say(`GET /containers/${Id}/json`);
    await say("POST /volumes/create", { Name: "data" });
    await say("GET /networks");
    const made = { endpoint: "POST /containers/create", subject: "one", mutates: true };
    expect(calls).to.deep.equal([
      { number: 1, ...made },
      { number: 2, endpoint: "GET /containers/{id}/json", subject: "one", mutates: false },
      { number: 3, endpoint: "POST /volumes/create", subject: "data", mutates: true },
      { number: 4, endpoint: "GET /networks", subject: "", mutates: false },
    ]);
  });

  it("serves what the adapter asks for and nothing else, and says so", async () => {
    const { say } = await start();
    for (const line of ["GET /events", "POST /containers/one/kill", `GET /volumes?filters={"name":["x"]}`])
      expect((await say(line)).status, line).to.equal(501);
  });

  it("a pull brings what the registry has, and refuses what it has not", async () => {
    const { say } = await start({ registry: { "team/app:1": ["httpd"] } });
    expect((await say("GET /images/team/app:1/json")).status).to.equal(404);
    const pulled = await say("POST /images/create?fromImage=team/app&tag=1");
    expect(pulled.bytes.toString().trim().split("\r\n")).to.have.length(2);
    expect((await say("GET /images/team/app:1/json")).status).to.equal(200);
    const absent = await say("POST /images/create?fromImage=team/app&tag=2");
    expect(absent).to.include({ status: 404 });
    expect(absent.message).to.include("manifest unknown");
  });

  it("health is what the test says of a container that is checked", async () => {
    const { fake, say } = await start();
    await say("POST /containers/create?name=one", config({}, { Healthcheck: { Test: ["CMD", "true"] } }));
    await say("POST /containers/one/start");
    expect(await stateOf(say, "one")).to.deep.include({
      Health: { Status: "starting", FailingStreak: 0, Log: [] },
    });
    fake.setHealth("one", "healthy");
    expect((await stateOf(say, "one"))["Health"]).to.include({ Status: "healthy" });
  });

  it("lists a thousand containers by their labels", async () => {
    const { say } = await start();
    for (let number = 0; number < 1_000; number += 1)
      await say(
        `POST /containers/create?name=c${number}`,
        config({}, { Labels: { odd: String(number % 2) } }),
      );
    const filters = encodeURIComponent(JSON.stringify({ label: ["odd=1"] }));
    const { json } = await say(`GET /containers/json?all=true&filters=${filters}`);
    expect(json).to.have.length(500);
  });
});
