// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { CHECK_NAMES, type Check, type CheckState } from "../domain/health.ts";
import { createMetrics } from "../observability/metrics.ts";
import { GatewayWorld } from "../test/gateway.ts";
import { createOperations } from "./operations.ts";

function checks(states: Partial<Record<Check["name"], CheckState>> = {}): readonly Check[] {
  return CHECK_NAMES.map((name) => ({
    name,
    state: states[name] ?? "ok",
    since: 1_000,
    what: `${name} is as it is.`,
    atRisk: "the pay",
    next: "Do something.",
  }));
}

async function asked(world: GatewayWorld, url: string): Promise<{ status: number; body: unknown }> {
  const { statusCode, body } = await world.app.inject({ url });
  return { status: statusCode, body: JSON.parse(body) as unknown };
}

describe("livez", () => {
  it("is 200 while the loops turn, whatever else fails: a restart would mend nothing", async () => {
    const world = new GatewayWorld();
    world.checks = checks({ chain: "failing", engine: "unknown" });
    expect(await asked(world, "/livez")).to.deep.equal({ status: 200, body: { live: true, stalled: [] } });
  });

  it("names the loop that stands still", async () => {
    const world = new GatewayWorld();
    world.stalled = [{ loop: "meter", forMs: 400_000 }];
    const body = { live: false, stalled: [{ loop: "meter", forMs: 400_000 }] };
    expect(await asked(world, "/livez")).to.deep.equal({ status: 503, body });
  });
});

describe("readyz", () => {
  it("is 200 where all is well, and with a warning, which it tells", async () => {
    const world = new GatewayWorld();
    world.checks = checks();
    expect(await asked(world, "/readyz")).to.deep.equal({
      status: 200,
      body: { ready: true, failing: [], unknown: [], warnings: [] },
    });
    world.checks = checks({ gasMoney: "warning" });
    const { status, body } = await asked(world, "/readyz");
    expect(status).to.equal(200);
    expect(body).to.have.nested.property("warnings[0].check", "gasMoney");
  });

  it("names each check that fails, since when, and its sentence", async () => {
    const world = new GatewayWorld();
    world.checks = checks({ engine: "failing", report: "failing" });
    const told = (check: string) => ({
      check,
      since: "1970-01-01T00:00:01.000Z",
      what: `${check} is as it is.`,
      atRisk: "the pay",
      next: "Do something.",
    });
    expect(await asked(world, "/readyz")).to.deep.equal({
      status: 503,
      body: { ready: false, failing: [told("engine"), told("report")], unknown: [], warnings: [] },
    });
  });

  it("never calls ready what is unknown", async () => {
    const world = new GatewayWorld();
    world.checks = checks({ report: "unknown" });
    const { status, body } = await asked(world, "/readyz");
    expect(status).to.equal(503);
    expect(body)
      .to.deep.include({ ready: false, failing: [] })
      .and.to.have.nested.property("unknown[0].check");
  });
});

describe("metrics", () => {
  const operations = () =>
    createOperations({ checks: () => checks(), stalled: () => [], metrics: createMetrics() });

  it("are not served at the gateway, where everybody may ask", async () => {
    expect((await asked(new GatewayWorld(), "/metrics")).status).to.equal(404);
  });

  it("are served on a port of the machine's own, beside the health", async () => {
    const { app } = operations();
    const { statusCode, body, headers } = await app.inject({ url: "/metrics" });
    expect(statusCode).to.equal(200);
    expect(headers["content-type"]).to.contain("text/plain");
    expect(body).to.contain("process_cpu_seconds_total");
    expect((await app.inject({ url: "/livez" })).statusCode).to.equal(200);
    expect((await app.inject({ url: "/readyz" })).statusCode).to.equal(200);
  });

  it("are for no page of the web, and for no name that was bent to this machine", async () => {
    const { app } = operations();
    const from = async (headers: Record<string, string>) =>
      (await app.inject({ url: "/metrics", headers })).statusCode;
    expect(await from({ host: "evil.example" })).to.equal(403);
    expect(await from({ origin: "https://console.example" })).to.equal(403);
    expect(await from({ host: "127.0.0.1:9464" })).to.equal(200);
  });

  it("are on the machine's loopback alone, and on none where no port is given", async () => {
    const open = operations();
    await open.listen(null);
    expect(open.app.addresses()).to.deep.equal([]);
    await open.listen(0);
    expect(open.app.addresses()).to.have.length(1).and.to.have.nested.property("[0].address", "127.0.0.1");
    await open.close();
  });
});
