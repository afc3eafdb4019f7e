// SPDX-License-Identifier: Apache-2.0
import { readdirSync, statSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { GatewayStub } from "./testing/gateway-stub.ts";
import type { MarketWorld } from "./testing/market-world.ts";
import { openMarket, type OpenMarket } from "./testing/open-market.ts";
import { jsonLines, jsonOf, runBinary } from "./testing/run-berth.ts";

const COMPOSE = `name: hello
services:
  web:
    image: example.org/hello:1
    ports: ["8080"]
    deploy:
      resources:
        limits: { cpus: "0.25", memory: 64M }
x-berth:
  maxRate: 1.00/h
  deposit: "10.00"
`;
const DOLLAR = 1_000_000n;

describe("the life of a lease through the real binary", function () {
  this.timeout(120_000);
  let market: OpenMarket;
  let world: MarketWorld;
  let gateway: GatewayStub;
  const run = async <T>(actor: "tenant" | "owner", ...args: readonly string[]): Promise<T> =>
    jsonOf<T>(await runBinary([...args, "--json"], world.placeOf(actor)));

  before(async () => {
    market = await openMarket();
    ({ world, gateway } = market);
    writeFileSync(join(world.folder, "compose.yaml"), COMPOSE);
  });
  after(async () => {
    await market?.close();
  });

  it("registers a provider, with the operator of the key file", async () => {
    const said = await run(
      "owner",
      "provider",
      "register",
      "--public-endpoint",
      gateway.url,
      "--report-period",
      "6h",
    );
    const [provider, operator] = [world.actors.owner.address, world.actors.operator.address];
    expect(said).to.deep.include({ provider, operator, reportPeriod: "21600", endpoint: gateway.url });
  });

  it("stakes exactly what is asked, and leaves no allowance", async () => {
    const said = await run("owner", "provider", "stake", "50", "--token", world.token);
    expect(said).to.deep.include({ amount: "50000000", staked: "50000000", locked: "0" });
    expect(await world.allowance(world.actors.owner.address)).to.equal(0n);
  });

  it("creates an offer whose terms are what the flags say", async () => {
    const terms = [
      "--rate",
      "1.00/h",
      "--cpu",
      "0.5",
      "--memory",
      "256M",
      "--storage",
      "1G",
      "--collateral",
      "5",
    ];
    const periods = [
      "--min-period",
      "10m",
      "--start-period",
      "10m",
      "--retention-period",
      "1d",
      "--capacity",
      "2",
    ];
    const said = await run<{ terms: object }>(
      "owner",
      "provider",
      "offer",
      "--token",
      world.token,
      ...terms,
      ...periods,
    );
    expect(said).to.deep.include({ offerId: "1", capacity: "2" });
    expect(said).to.deep.include({
      resources: { cpuMillis: 500, memoryMiB: 256, storageMiB: 1024, gpuCount: 0, gpuModel: "" },
    });
    expect(said.terms).to.deep.include({
      milliRatePerSecond: "277778",
      collateral: "5000000",
      minPeriod: "600",
    });
  });

  it("deploys a Compose file, phase by phase, and keeps the document for its owner alone", async () => {
    const ran = await runBinary(["deploy", "compose.yaml", "--json"], world.placeOf("tenant"));
    const lines = jsonLines<{ step: string; at: string; event?: string; leaseId?: string; url?: string }>(
      ran,
    );
    expect(ran.code, ran.stdout + ran.stderr).to.equal(0);
    const done = lines.filter(({ event }) => event === "done").map(({ step }) => step);
    expect(done).to.deep.equal(["matching", "funding", "starting", "healthy", "metering"]);
    expect(lines.every(({ at }) => !Number.isNaN(Date.parse(at)))).to.equal(true);
    expect(lines.at(-1)).to.deep.include({ step: "deployed", leaseId: "1", url: gateway.url });
    const folder = join(world.folder, "data", "leases");
    const name = `31337-${world.market.slice(2, 10).toLowerCase()}-1.json`;
    expect(readdirSync(folder)).to.deep.equal([name]);
    expect(statSync(join(folder, name)).mode & 0o777).to.equal(0o600);
    expect(await world.allowance(world.actors.tenant.address)).to.equal(0n);
  });

  it("lists the lease with its money and endpoint", async () => {
    await world.pass(3_600);
    const { leases } = await run<{ leases: object[] }>("tenant", "ps");
    expect(leases).to.have.length(1);
    expect(leases[0]).to.deep.include({
      leaseId: "1",
      status: "active",
      balance: "10000000",
      url: gateway.url,
    });
    expect(leases[0])
      .to.have.property("accrued")
      .that.satisfies((units: string) => BigInt(units) >= DOLLAR);
  });

  it("tells everything about the lease, and its money adds up", async () => {
    const status = await run<{ money: Record<string, string>; workload: object }>("tenant", "status", "1");
    const { deposited = "0", settled = "0", accrued = "0", refundable = "0" } = status.money;
    expect(BigInt(deposited)).to.equal(10n * DOLLAR);
    expect(BigInt(settled) + BigInt(accrued) + BigInt(refundable)).to.equal(10n * DOLLAR);
    expect(status.workload).to.deep.include({ phase: "running" });
  });

  it("tells anybody about the lease, but asks the gateway only for the tenant", async () => {
    const before = gateway.turnedAway();
    const status = await run<{ workload: null; workloadTrouble: string }>("owner", "status", "1");
    expect(status.workload).to.equal(null);
    expect(status.workloadTrouble).to.contain("only the tenant");
    expect(gateway.turnedAway()).to.equal(before);
  });

  it("tells anybody about the lease, even without a key", async () => {
    const { folder, environment } = world.placeOf("tenant");
    const { BERTH_PRIVATE_KEY: _key, ...keyless } = environment;
    const ran = await runBinary(["status", "1", "--json"], { folder, environment: keyless });
    expect(jsonOf(ran)).to.deep.include({ leaseId: "1", status: "active", workload: null });
  });

  it("tops the lease up", async () => {
    const said = await run("tenant", "topup", "1", "2.5");
    expect(said).to.deep.include({ leaseId: "1", amount: "2500000", balance: "12500000", revived: false });
  });

  it("shows a provider what he may claim, and pays it out", async () => {
    const status = await run<{ money: Record<string, string>[]; leases: object[] }>(
      "owner",
      "provider",
      "status",
    );
    expect(status.money[0]).to.deep.include({ staked: "50000000", locked: "5000000", free: "0" });
    expect(status.leases).to.have.length(1);
    const before = await world.dollars(world.actors.owner.address);
    const { claims } = await run<{ claims: { amount: string; to: string }[] }>("owner", "provider", "claim");
    expect(claims).to.have.length(1);
    const paid = (await world.dollars(world.actors.owner.address)) - before;
    expect(BigInt(claims[0]?.amount ?? 0)).to.equal(paid);
    expect(paid >= DOLLAR).to.equal(true);
  });

  it("closes the lease and withdraws the refund, to the last unit", async () => {
    const closed = await run<{ refund: string; reason: string }>("tenant", "close", "1", "--yes");
    expect(closed.reason).to.equal("tenantClosed");
    const before = await world.dollars(world.actors.tenant.address);
    const { withdrawals } = await run<{ withdrawals: object[] }>("tenant", "withdraw");
    expect(withdrawals).to.have.length(1);
    expect((await world.dollars(world.actors.tenant.address)) - before).to.equal(BigInt(closed.refund));
    const status = await run<{ money: Record<string, string>; ended: object }>("tenant", "status", "1");
    const { deposited = "0", settled = "0", refunded = "0" } = status.money;
    expect(BigInt(settled) + BigInt(refunded)).to.equal(BigInt(deposited));
    expect(refunded).to.equal(closed.refund);
    expect(status.ended).to.deep.include({ reason: "tenantClosed", words: "the tenant closed it" });
  });

  it("lists a closed lease only when asked", async () => {
    expect((await run<{ leases: object[] }>("tenant", "ps")).leases).to.have.length(0);
    expect((await run<{ leases: object[] }>("tenant", "ps", "--all")).leases).to.have.length(1);
  });
});
