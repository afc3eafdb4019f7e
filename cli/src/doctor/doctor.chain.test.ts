// SPDX-License-Identifier: Apache-2.0
import { chmodSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import type { MarketWorld } from "../testing/market-world.ts";
import { startMarketWorld } from "../testing/market-world.ts";
import { jsonLines, runInside } from "../testing/run-berth.ts";
import type { Finding } from "./finding.ts";

const DOLLAR = 1_000_000n;

interface Examined {
  readonly code: number;
  readonly byCheck: Readonly<Record<string, Finding>>;
}

describe("berth provider doctor on a real chain", function () {
  this.timeout(120_000);
  let world: MarketWorld;
  let server: Server;
  let answer: string;
  let environment: Readonly<Record<string, string>>;

  before(async () => {
    world = await startMarketWorld();
    server = createServer((request, response) => {
      response.end(request.url === "/readyz" ? '{"ready":true,"failing":[]}' : answer);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${port}`;
    environment = {
      ...world.placeOf("owner").environment,
      BERTH_PUBLIC_ENDPOINT: endpoint,
      BERTH_GATEWAY_PORT: String(port),
      BERTH_DOCKER_SOCKET: join(world.folder, "no-engine.sock"),
      BERTH_CAPACITY_CPU_MILLIS: "2000",
    };
  });
  after(async () => {
    server.close();
    await world.stop();
  });
  beforeEach(() => {
    answer = '{"live":true,"stalled":[]}';
  });

  async function examine(changes: Readonly<Record<string, string>> = {}): Promise<Examined> {
    const place = { folder: world.folder, environment: { ...environment, ...changes } };
    const ran = await runInside(["provider", "doctor", "--json"], place);
    const [told] = jsonLines<{ healthy: boolean; findings: readonly Finding[] }>(ran);
    expect(told?.healthy).to.equal(ran.code === 0);
    return {
      code: ran.code,
      byCheck: Object.fromEntries((told?.findings ?? []).map((each) => [each.check, each])),
    };
  }
  const states = ({ byCheck }: Examined) =>
    Object.fromEntries(Object.entries(byCheck).map(([check, { state }]) => [check, state]));
  const owner = (...args: readonly string[]) =>
    runInside([...args, "--json"], { folder: world.folder, environment });

  it("tells one who has not registered to register, and nothing that only a provider could have", async () => {
    const found = await examine();
    expect(found.code).to.equal(4);
    expect(found.byCheck["provider"]).to.deep.include({
      state: "failing",
      fix: "berth provider register --key-file <owner's key>",
    });
    expect(states(found)).to.include({
      market: "ok",
      report: "unknown",
      "gas money": "unknown",
      stake: "unknown",
    });
    expect(found.byCheck["engine"]?.state).to.equal("failing");
  });

  it("finds nothing but the missing engine with a provider who is well", async () => {
    await owner("provider", "register");
    await world.mint(world.actors.owner.address, 50n * DOLLAR);
    await owner("provider", "stake", "10", "--token", world.token);
    const offer = [
      "--rate",
      "1.00/h",
      "--cpu",
      "0.5",
      "--memory",
      "64M",
      "--storage",
      "1G",
      "--collateral",
      "5",
    ];
    await owner("provider", "offer", "--token", world.token, "--capacity", "4", ...offer);
    const found = await examine();
    const ill = Object.entries(states(found)).filter(([, state]) => state !== "ok");
    expect(ill).to.deep.equal([["engine", "failing"]]);
    expect(found.byCheck["offers"]?.says).to.equal("1 open, room for 4 more leases");
    expect(found.byCheck["stake"]?.says).to.equal("10.0 mUSD, 10.0 mUSD of it free".replaceAll(".0", ""));
  });

  it("warns of open offers with more places than the machine has room for", async () => {
    const found = await examine({ BERTH_CAPACITY_CPU_MILLIS: "1999" });
    expect(found.code).to.equal(4);
    expect(found.byCheck["capacity"]?.state).to.equal("warning");
    expect(found.byCheck["capacity"]?.fix).to.contain("set-capacity");
  });

  it("names several planted faults at once, each with its fix", async () => {
    answer = "hello";
    await world.client.setBalance({ address: world.actors.operator.address, value: 1_000n });
    await world.pass(7_200);
    const found = await examine({ BERTH_PUBLIC_ENDPOINT: "http://127.0.0.1:1" });
    expect(found.code).to.equal(4);
    expect(states(found)).to.include({
      clock: "failing",
      report: "failing",
      "gas money": "failing",
      gateway: "failing",
      "public endpoint": "failing",
      operator: "ok",
    });
    expect(found.byCheck["report"]?.says).to.contain("pay stopped");
    expect(found.byCheck["gas money"]?.fix).to.contain(world.actors.operator.address);
    expect(found.byCheck["public endpoint"]?.fix).to.contain("setEndpoint(string)");
    await world.client.setBalance({ address: world.actors.operator.address, value: 10n ** 21n });
  });

  it("names a key of somebody else, one that others may read, a wrong chain and a wrong address", async () => {
    const key = join(world.folder, "operator.key");
    chmodSync(key, 0o644);
    expect((await examine()).byCheck["operator key"]).to.include({ state: "failing" });
    chmodSync(key, 0o600);
    const wrongChain = await examine({ BERTH_CHAIN_ID: "1" });
    expect(wrongChain.byCheck["market"]?.says).to.contain("serves chain 31337, not chain 1");
    expect((await examine({ BERTH_MARKET: world.actors.tenant.address })).byCheck["market"]?.says).to.contain(
      "no contract",
    );
  });

  it("never shows what an endpoint's address hides, and calls unknown what a dark chain does not tell", async () => {
    const place = {
      folder: world.folder,
      environment: { ...environment, BERTH_RPC_URL: "http://user:secret-word@127.0.0.1:9/v3/secret-key" },
    };
    const ran = await runInside(["provider", "doctor"], place);
    expect(ran.code).to.equal(4);
    expect(ran.stdout + ran.stderr).not.to.contain("secret");
    expect(ran.stdout).to.match(
      /^failing +market +The RPC of the chain at http:\/\/127\.0\.0\.1:9 does not answer/m,
    );
    expect(ran.stdout).to.match(/^unknown +report /m);
  });

  it("examines every endpoint of the daemon, and goes on with one that serves", async () => {
    const { BERTH_RPC_URL: url = "" } = environment;
    const found = await examine({
      BERTH_RPC_URL: "",
      BERTH_RPC_URLS: `http://127.0.0.1:9/secret-key,${url}`,
    });
    expect(states(found)).to.include({
      "endpoint 1": "warning",
      "endpoint 2": "ok",
      market: "ok",
    });
    expect(JSON.stringify(found)).not.to.contain("secret");
  });

  it("names every setting that is wrong or missing, and asks nobody anything", async () => {
    const found = await examine({ BERTH_GATEWAY_PORT: "-1", BERTH_PUBLIC_ENDPOINT: "" });
    expect(found.code).to.equal(4);
    expect(states(found)).to.deep.equal({ configuration: "failing", "everything else": "unknown" });
  });
});
