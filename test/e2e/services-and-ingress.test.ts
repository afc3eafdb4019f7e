// SPDX-License-Identifier: Apache-2.0
import { createGatewayClient, type GatewayStatus } from "@berth/sdk";
import { expect } from "chai";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { execIn } from "../../orchestrator/src/runtime/docker/docker-fixtures.ts";
import { containerName } from "../../orchestrator/src/domain/names.ts";
import { localAccounts } from "../../scripts/demonstration/accounts.ts";
import { awaitNothingLeft } from "../../scripts/demonstration/leftovers.ts";
import { startOrchestrator } from "../../scripts/demonstration/orchestrator.ts";
import { closeLease, leaseFor } from "../../scripts/demonstration/tenant.ts";
import { type Caddy, startCaddy } from "../helpers/caddy.ts";
import { makeProgramImage } from "../helpers/program-image.ts";
import { eventually, standStage, type StandingStage } from "../helpers/stage.ts";

/** The web service serves the address that the name of the cache has in the lease's network. */
const COMPOSE = `name: shop
services:
  cache:
    image: berth/hello:local
    command: ["httpd", "-f", "-p", "6379", "-h", "/www"]
    expose: ["6379"]
    restart: always
    healthcheck: { test: ["CMD-SHELL", "! test -e /tmp/ill"], interval: 1s, timeout: 2s, retries: 1 }
  prepare:
    image: berth/hello:local
    command: ["sh", "-c", "sleep 1"]
    restart: "no"
  web:
    image: berth/lookup:local
    command: ["sh", "-c", "getent ahostsv4 cache > /tmp/index.html && exec httpd -f -p 8080 -h /tmp"]
    restart: always
    ports: [{ target: 8080, app_protocol: http }, "9000", "9000/udp"]
    depends_on: { cache: { condition: service_healthy }, prepare: { condition: service_completed_successfully } }
x-berth: { deposit: "1.00" }
`;
const FIRST = 24_000;
const LAST = 24_999;

describe("a workload of three services behind a proxy", function () {
  this.timeout(240_000);
  const { signal } = new AbortController();
  const proxy = `berth-proxy-${Math.random().toString(36).slice(2, 10)}`;
  let standing: StandingStage;
  let caddy: Caddy;
  let leaseId = 0n;

  before(async function () {
    standing = await standStage(this);
    const made = await makeProgramImage("berth/lookup", "getent");
    const started = await startCaddy(proxy);
    if (started === null || !made) {
      if (process.env["BERTH_REQUIRE_DOCKER"] === "1") throw new Error("this machine has no caddy");
      return this.skip();
    }
    caddy = started;
    await standing.stage.orchestrator.stop();
    standing.stage.orchestrator = await startOrchestrator(daemon());
    ({ leaseId } = await leaseFor(COMPOSE, standing.stage, () => undefined, signal));
  });

  after(async () => {
    await standing?.takeDown();
    await caddy?.remove();
  });

  const daemon = () => ({
    ...standing.stage.daemon,
    environment: {
      BERTH_PUBLISH_PORTS: `${FIRST}-${LAST}`,
      BERTH_PUBLISH_HOST: "localhost",
      BERTH_INGRESS: "caddy",
      BERTH_INGRESS_URL: `http://apps.localhost:${caddy.port}`,
      BERTH_INGRESS_CONTAINER: proxy,
      BERTH_HEALTH_GRACE_SECONDS: "2",
    },
  });
  const nameOf = (service: string) => {
    const { chainId, address } = standing.stage.local.market;
    return containerName({ chainId, market: address }, leaseId, service);
  };
  const status = (): Promise<GatewayStatus> => {
    const { market, walletOf } = standing.stage.local;
    const endpoint = standing.stage.orchestrator.gateway;
    const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));
    const place = { endpoint, chainId: market.chainId, market: market.address };
    return createGatewayClient({ ...place, leaseId, signer: walletOf(localAccounts.tenant), now }).status(
      signal,
    );
  };
  const untilStatus = (wanted: string) =>
    eventually(`the lease is ${wanted}`, async () => {
      const lease = await standing.stage.local.market.leaseSummary(leaseId);
      return lease.status === wanted;
    });
  const published = async () =>
    (await status()).endpoints.flatMap(({ containerPort, protocol, port }) =>
      containerPort === 9000 ? [`${port}/${protocol}`] : [],
    );
  const startOf = async (service: string) =>
    (await connectEngine({}).docker.getContainer(nameOf(service)).inspect()).State.StartedAt;

  it("tells the tenant the hostname of what speaks HTTP, and the host's ports of the rest", async () => {
    const { endpoints } = await status();
    const host = `web-${leaseId}.apps.localhost`;
    const [first, ...others] = endpoints.filter(({ service }) => service === "web");
    expect(first).to.deep.equal({
      ...{ service: "web", containerPort: 8080, protocol: "tcp", address: host, port: caddy.port },
      url: `http://${host}:${caddy.port}`,
    });
    expect(others.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`)).to.have.members([
      "9000/tcp",
      "9000/udp",
    ]);
    for (const { address, port } of others) {
      expect(address).to.equal("localhost");
      expect(port).to.be.within(FIRST, LAST);
    }
  });

  it("is reached by its hostname through the proxy, and knows its neighbour by name", async () => {
    await caddy.reload();
    const { status: code, body } = await caddy.get(`web-${leaseId}.apps.localhost`);
    expect(code).to.equal(200);
    expect(body).to.match(/^10\.\d+\.\d+\.\d+ .*cache/);
    expect((await caddy.get(`web-${leaseId + 1n}.apps.localhost`)).body).to.equal("");
  });

  it("was started in the order of its conditions", async () => {
    const { docker } = connectEngine({});
    const of = async (service: string) => (await docker.getContainer(nameOf(service)).inspect()).State;
    const [cache, prepare, web] = [await of("cache"), await of("prepare"), await of("web")];
    expect(prepare.ExitCode).to.equal(0);
    expect(Date.parse(web.StartedAt)).to.be.greaterThan(Date.parse(prepare.FinishedAt));
    expect(Date.parse(web.StartedAt)).to.be.greaterThan(Date.parse(cache.StartedAt));
  });

  it("keeps its ports, and its neighbours their lives, when it crashes and when its daemon is killed", async () => {
    const [ports, cache, before] = [await published(), await startOf("cache"), await startOf("web")];
    await connectEngine({}).docker.getContainer(nameOf("web")).kill();
    await eventually(
      "it runs again",
      async () => (await startOf("web")) !== before && (await published()).length === 2,
    );
    expect(await published()).to.have.members(ports);
    expect(await startOf("cache")).to.equal(cache);
    await standing.stage.orchestrator.kill();
    standing.stage.orchestrator = await startOrchestrator(daemon());
    await eventually("the daemon has looked", async () => (await published()).length === 2);
    expect(await published()).to.have.members(ports);
  });

  it("is not paid for while it is ill, says why, and is again when it is well", async () => {
    await untilStatus("active");
    const before = await startOf("cache");
    await execIn(nameOf("cache"), "touch", "/tmp/ill");
    await untilStatus("paused");
    const { lastError } = await status();
    expect(lastError?.code).to.equal("E_SERVICE_UNHEALTHY");
    expect(lastError?.message).to.include("cache");
    await execIn(nameOf("cache"), "busybox", "rm", "/tmp/ill");
    await untilStatus("active");
    expect((await status()).lastError?.code).not.to.equal("E_SERVICE_UNHEALTHY");
    expect(await startOf("cache")).to.equal(before);
  });

  it("is joined again by a proxy that was made anew", async () => {
    const joined = async () => (await caddy.networks()).some((name) => name.startsWith("berth-"));
    expect(await joined()).to.equal(true);
    await caddy.remove();
    caddy = (await startCaddy(proxy)) ?? caddy;
    await eventually("the proxy is back", joined);
    await caddy.reload();
    expect((await caddy.get(`web-${leaseId}.apps.localhost`)).status).to.equal(200);
  });

  it("leaves nothing, and the proxy its network, when it is closed", async () => {
    await closeLease(standing.stage, leaseId);
    await awaitNothingLeft(standing.stage.runtime, signal);
    expect((await caddy.networks()).filter((name) => name.startsWith("berth-"))).to.deep.equal([]);
  });
});
