// SPDX-License-Identifier: Apache-2.0
import { createGatewayClient, gatewayStatusSchema, RetryableError, type GatewayLogLine } from "@berth/sdk";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { tenant } from "../test/builders.ts";
import { identity } from "../test/daemon.ts";
import { GatewayWorld, lease } from "../test/gateway.ts";
import { documentOf, webCompose } from "../test/manifests.ts";
import { hostNames } from "./doors.ts";

const document = documentOf(webCompose());

/** A lease of the tenant whose workload runs. */
async function running(): Promise<GatewayWorld> {
  const world = new GatewayWorld();
  world.daemon.open(lease, { tenant: world.tenant.address }, document);
  await world.daemon.settle();
  return world;
}

const PIN = `docker.io/library/hello@sha256:${"31".padStart(64, "0")}`;

describe("status", () => {
  it("tells the lease, its services and where they are reached", async () => {
    const world = await running();
    const { status, text } = await world.ask({});
    expect(status).to.equal(200);
    const told = gatewayStatusSchema.parse(JSON.parse(text));
    expect(told).to.deep.include({
      leaseId: "7",
      status: "active",
      phase: "running",
      services: [{ name: "web", state: "running", health: "none", exitCode: null, image: PIN }],
      progress: null,
      lastError: null,
      chainBlock: { number: String(world.daemon.market.number), timestamp: "1000000" },
    });
    const [endpoint] = told.endpoints;
    expect(endpoint).to.deep.include({
      service: "web",
      containerPort: 8080,
      protocol: "tcp",
      address: "127.0.0.1",
    });
    expect(endpoint?.url).to.equal(`http://127.0.0.1:${endpoint?.port}`);
  });

  it("tells that the manifest is awaited, before anything was looked at and after", async () => {
    const world = new GatewayWorld();
    world.open(document);
    expect(JSON.parse((await world.ask({})).text)).to.deep.include({
      phase: "awaiting-manifest",
      services: [],
    });
    await world.daemon.settle();
    expect(JSON.parse((await world.ask({})).text)).to.deep.include({ phase: "awaiting-manifest" });
  });

  it("tells why a workload is not up", async () => {
    const world = new GatewayWorld();
    world.daemon.open(
      lease,
      { tenant: world.tenant.address, status: "active" },
      documentOf(webCompose("missing:1")),
    );
    await world.daemon.settle();
    const told = gatewayStatusSchema.parse(JSON.parse((await world.ask({})).text));
    expect(told).to.include({ status: "paused", phase: "failed" });
    expect(told.lastError?.code).to.equal("E_IMAGE_NOT_FOUND");
    expect(told.services).to.deep.equal([
      { name: "web", state: "absent", health: "none", exitCode: null, image: null },
    ]);
  });

  it("tells a tenant that his service ran out of memory, also when it runs again", async () => {
    const world = await running();
    world.daemon.engine.end(world.daemon.runtime.container(lease, "web"), 137, true);
    await world.daemon.settle();
    await world.daemon.clock.advance(1_000);
    await world.daemon.settle();
    const told = gatewayStatusSchema.parse(JSON.parse((await world.ask({})).text));
    expect(told.phase).to.equal("running");
    expect(told.lastError).to.deep.equal({
      code: "E_SERVICE_OUT_OF_MEMORY",
      message: "Service web was ended because it needed more memory than its limit.",
    });
  });

  it("tells that it does not know while the engine is dark", async () => {
    const world = await running();
    const details = { atRisk: "nothing", next: "wait" };
    world.daemon.runtime.failNext("observe", new RetryableError("E_RUNTIME_UNREACHABLE", "away", details));
    await world.daemon.pass();
    const told = gatewayStatusSchema.parse(JSON.parse((await world.ask({})).text));
    expect(told).to.deep.include({
      phase: "unknown",
      lastError: { code: "E_RUNTIME_UNREACHABLE", message: "away" },
    });
  });

  it("tells its tenant for a minute what was last seen, while the chain is dark, and nobody else", async () => {
    const world = await running();
    const { number } = world.daemon.market;
    world.daemon.market.isDark = true;
    await world.daemon.pass();
    for (const wait of [0, 60_000]) {
      await world.daemon.clock.advance(wait);
      const { status, text } = await world.ask({});
      expect(status).to.equal(200);
      const told = gatewayStatusSchema.parse(JSON.parse(text));
      expect(told).to.deep.include({ status: "active", phase: "unknown" });
      expect(told.chainBlock.number).to.equal(String(number));
      expect(told.lastError?.code).to.equal("E_RPC_UNREACHABLE");
    }
    const stranger = privateKeyToAccount(generatePrivateKey());
    expect(await world.ask({ signer: stranger })).to.include({ status: 403, code: "E_NOT_TENANT" });
    await world.daemon.clock.advance(1);
    const late = await world.ask({});
    expect(late).to.include({ status: 503, code: "E_CHAIN_DARK" });
    expect(late.headers).to.include({ "retry-after": "30" });
    expect(late.text).to.contain("half a minute");
    world.daemon.market.isDark = false;
    expect(await world.ask({})).to.include({ status: 200 });
  });

  it("takes no word of a time before the chain was replaced", async () => {
    const world = await running();
    world.daemon.market.head = () =>
      Promise.reject(new RetryableError("E_REORG_TOO_DEEP", "replaced", { atRisk: "nothing", next: "wait" }));
    expect(await world.ask({})).to.include({ status: 503, code: "E_CHAIN_DARK" });
  });

  it("tells that a closed lease has stopped", async () => {
    const world = await running();
    world.daemon.market.set(lease, { status: "closed" });
    expect(JSON.parse((await world.ask({})).text)).to.deep.include({ status: "closed", phase: "stopped" });
    await world.daemon.settle();
    expect(JSON.parse((await world.ask({})).text)).to.deep.include({ phase: "stopped", services: [] });
  });

  it("knows no lease that is not there, or is another provider's", async () => {
    const world = await running();
    expect(await world.ask({ path: "/v1/leases/9/status" })).to.include({
      status: 404,
      code: "E_LEASE_UNKNOWN",
    });
    world.daemon.market.set(lease, { provider: tenant });
    expect(await world.ask({})).to.include({ status: 404, code: "E_LEASE_UNKNOWN" });
    for (const id of ["0", "-1", "x", "1".repeat(80)]) {
      expect(await world.ask({ path: `/v1/leases/${id}/status` })).to.include({ status: 400 });
    }
  });
});

describe("logs", () => {
  it("are lines of JSON, the last ones that were asked for", async () => {
    const world = await running();
    const container = world.daemon.runtime.container(lease, "web");
    for (const text of ["one", "two", "three"]) world.daemon.engine.write(container, "stdout", text);
    const { status, text, headers } = await world.ask({ path: "/v1/leases/7/logs?tail=2" });
    expect(status).to.equal(200);
    expect(headers["content-type"]).to.equal("application/x-ndjson");
    const lines = text
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines.map((line) => (line as GatewayLogLine).text)).to.deep.equal(["two", "three"]);
  });

  it("refuse a service that is not there and a question that makes no sense", async () => {
    const world = await running();
    const ask = async (query: string) => (await world.ask({ path: `/v1/leases/7/logs${query}` })).code;
    expect(await ask("?service=db")).to.equal("E_SERVICE_UNKNOWN");
    for (const query of ["?tail=-1", "?tail=10001", "?tail=x", "?follow=maybe", "?since=1"]) {
      expect(await ask(query)).to.equal("E_REQUEST_MALFORMED");
    }
  });

  it("of what ran under the number before a reorganisation are another tenant's, and so are its services", async () => {
    const world = await running();
    world.daemon.market.set(lease, { offerId: 2n });
    expect(await world.ask({ path: "/v1/leases/7/logs" })).to.include({
      status: 409,
      code: "E_LEASE_NUMBER_REUSED",
    });
    await world.daemon.settle();
    const { text } = await world.ask({ path: "/v1/leases/7/status" });
    expect(JSON.parse(text)).to.deep.include({ services: [], endpoints: [] });
    expect(text).to.contain("E_LEASE_NUMBER_REUSED");
  });

  it("go on with new lines until the tenant has enough, over a real connection", async () => {
    const world = await running();
    const endpoint = await world.app.listen({ host: "127.0.0.1", port: 0 });
    const now = (): bigint => BigInt(Math.floor(world.daemon.clock.now() / 1_000));
    const client = createGatewayClient({ endpoint, ...identity, leaseId: lease, signer: world.tenant, now });
    const container = world.daemon.runtime.container(lease, "web");
    world.daemon.engine.write(container, "stdout", "one");
    const stop = new AbortController();
    const heard: string[] = [];
    for await (const { text } of client.logs({ follow: true }, stop.signal)) {
      heard.push(text);
      if (heard.length === 3) break;
      world.daemon.engine.write(container, "stderr", `line ${heard.length + 1}`);
    }
    expect(heard).to.deep.equal(["one", "line 2", "line 3"]);
    const status = await client.status();
    expect(status.phase).to.equal("running");
    await client.putManifest(document);
    await world.app.close();
  });

  it("end when the gateway closes", async () => {
    const world = await running();
    const endpoint = await world.app.listen({ host: "127.0.0.1", port: 0 });
    const now = (): bigint => BigInt(Math.floor(world.daemon.clock.now() / 1_000));
    const client = createGatewayClient({ endpoint, ...identity, leaseId: lease, signer: world.tenant, now });
    world.daemon.engine.write(world.daemon.runtime.container(lease, "web"), "stdout", "one");
    const lines = client.logs({ follow: true }, new AbortController().signal)[Symbol.asyncIterator]();
    expect((await lines.next()).value).to.include({ text: "one" });
    const end = lines.next().then(
      (result) => result.done,
      () => true,
    );
    await world.app.close();
    expect(await end).to.equal(true);
  });
});

describe("public routes", () => {
  it("give the tree behind a report to anybody, and nothing that was never reported", async () => {
    const world = new GatewayWorld();
    const root = `0x${"ab".repeat(32)}` as const;
    world.daemon.journal.keepUsageTree(root, '{"format":"standard-v1"}', 0);
    const found = await world.app.inject({ url: `/v1/usage/${root.toUpperCase().replace("0X", "0x")}` });
    expect([found.statusCode, found.body]).to.deep.equal([200, '{"format":"standard-v1"}']);
    for (const unknown of [`0x${"cd".repeat(32)}`, "0x12", "..%2f..%2fetc"]) {
      expect((await world.app.inject({ url: `/v1/usage/${unknown}` })).statusCode).to.equal(404);
    }
  });

  it("answer everything else in words", async () => {
    const { statusCode, body } = await new GatewayWorld().app.inject({ method: "POST", url: "/v1/leases" });
    expect(statusCode).to.equal(404);
    expect(JSON.parse(body)).to.include({ code: "E_ROUTE_UNKNOWN" });
  });

  it("tell a defect as such, without its details", async () => {
    const world = new GatewayWorld({
      verify: async () => {
        throw new TypeError("secret detail");
      },
    });
    world.open(document);
    const answer = await world.ask({});
    expect(answer).to.include({ status: 500, code: "E_INTERNAL" });
    expect(answer.text).not.to.include("secret detail");
    expect(world.daemon.log.said.at(-1)).to.deep.include({ level: "error", message: "request failed" });
  });
});

describe("doors", () => {
  it("turn away pages of a foreign origin, and let those of an allowed one read the answer", async () => {
    const world = await running();
    for (const origin of ["https://evil.example", "null", "http://console.example"]) {
      const answer = await world.ask({ headers: { origin } });
      expect(answer).to.include({ status: 403, code: "E_ORIGIN_REFUSED" });
      expect(answer.headers["access-control-allow-origin"]).to.equal(undefined);
    }
    const allowed = await world.ask({ headers: { origin: "https://console.example" } });
    expect(allowed.status).to.equal(200);
    expect(allowed.headers["access-control-allow-origin"]).to.equal("https://console.example");
  });

  it("answer the preflight of an allowed origin only", async () => {
    const world = new GatewayWorld();
    const preflight = (origin: string) =>
      world.app.inject({ method: "OPTIONS", url: "/v1/leases/7/manifest", headers: { origin } });
    const allowed = await preflight("https://console.example");
    expect(allowed.statusCode).to.equal(204);
    expect(allowed.headers["access-control-allow-headers"]).to.include("x-berth-signature");
    expect((await preflight("https://evil.example")).statusCode).to.equal(403);
  });

  it("turn away a name that was bent to this address", async () => {
    const world = await running();
    for (const host of ["evil.example", "evil.example:80", "localhost.evil.example"]) {
      expect(await world.ask({ headers: { host } })).to.include({ status: 403, code: "E_HOST_REFUSED" });
    }
    expect(await world.ask({ headers: { host: "LocalHost:8080" } })).to.include({ status: 200 });
  });

  it("open under the names of the machine itself and of the published address", () => {
    const names = hostNames("0.0.0.0", "https://Gateway.Example:8443/base");
    expect(names).to.deep.equal(["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "gateway.example"]);
  });
});
