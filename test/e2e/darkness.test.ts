// SPDX-License-Identifier: Apache-2.0
import type { NetConnectOpts } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { awaitNothingLeft } from "../../scripts/demonstration/leftovers.ts";
import { startOrchestrator, type OrchestratorOptions } from "../../scripts/demonstration/orchestrator.ts";
import { closeLease, leaseHello, readLedger } from "../../scripts/demonstration/tenant.ts";
import { startDarkProxy, type DarkProxy } from "../helpers/dark-proxy.ts";
import { eventually, standStage, type StandingStage } from "../helpers/stage.ts";

const DARK_MS = 6_000;

/** Where the engine of this machine listens, as its client found out. */
async function engineAddress(): Promise<NetConnectOpts> {
  const { socketPath, host, port } = connectEngine({}).docker.modem as EngineModem;
  if (host !== undefined) return { host, port: Number(port) };
  const path = typeof socketPath === "function" ? await socketPath() : socketPath;
  if (path === undefined) throw new Error("the engine's client tells no address");
  return { path };
}

interface EngineModem {
  readonly socketPath?: string | (() => Promise<string>);
  readonly host?: string;
  readonly port?: number | string;
}

describe("a daemon in the dark", function () {
  this.timeout(240_000);
  const signal = new AbortController().signal;
  let standing: StandingStage;
  let rpc: DarkProxy;
  let engine: DarkProxy;
  let options: OrchestratorOptions;
  let leaseId: bigint;
  let url: string;

  const reports = async (): Promise<number> => (await readLedger(standing.stage, leaseId)).reports;
  const status = async (): Promise<string> =>
    (await standing.stage.local.market.leaseSummary(leaseId)).status;
  const startedAt = async (): Promise<readonly (number | null)[]> => {
    const workloads = await standing.stage.runtime.observe(signal);
    return workloads.flatMap(({ containers }) => containers.map((container) => container.startedAt));
  };

  before(async function () {
    standing = await standStage(this);
    const { stage } = standing;
    await stage.orchestrator.stop();
    const socket = join(stage.folder, "engine.sock");
    const rpcPort = Number(new URL(stage.chain.url).port);
    const darkPort = rpcPort === 65_535 ? rpcPort - 1 : rpcPort + 1;
    rpc = await startDarkProxy(darkPort, { host: "127.0.0.1", port: rpcPort });
    engine = await startDarkProxy(socket, await engineAddress());
    options = {
      ...stage.daemon,
      rpcUrl: `http://127.0.0.1:${darkPort}`,
      environment: { BERTH_DOCKER_SOCKET: socket },
    };
    stage.orchestrator = await startOrchestrator(options);
    const deployment = await leaseHello(stage, () => undefined, signal);
    leaseId = deployment.leaseId;
    url = deployment.url ?? "";
  });

  after(async () => {
    await rpc?.lighten();
    await engine?.lighten();
    await standing?.takeDown();
    await rpc?.close();
    await engine?.close();
  });

  it("touches nothing while the chain is dark, says so, and goes on reporting afterwards", async () => {
    const running = await startedAt();
    expect(running).to.have.length(1);
    await rpc.darken();
    await delay(DARK_MS);
    expect(await startedAt()).to.deep.equal(running);
    expect((await fetch(url)).status).to.equal(200);
    expect(standing.stage.orchestrator.log()).to.include("E_RPC_UNREACHABLE");
    const before = await reports();
    await rpc.lighten();
    await eventually("it reports again", async () => (await reports()) > before);
    expect(await startedAt()).to.deep.equal(running);
  });

  it("touches nothing while the engine is dark, says so, and reports on without billing what it cannot see", async () => {
    const running = await startedAt();
    const before = await reports();
    await engine.darken();
    await delay(DARK_MS);
    expect(await startedAt()).to.deep.equal(running);
    expect((await fetch(url)).status).to.equal(200);
    expect(standing.stage.orchestrator.log()).to.include("E_RUNTIME_UNREACHABLE");
    expect(await reports()).to.be.above(before);
    expect(await status()).to.equal("paused");
    await engine.lighten();
    await eventually("the lease is resumed", async () => (await status()) === "active");
    expect(await startedAt()).to.deep.equal(running);
  });

  it("waits for a chain and an engine that are dark when it starts, and adopts what runs", async () => {
    const running = await startedAt();
    await standing.stage.orchestrator.stop();
    await rpc.darken();
    await engine.darken();
    const starting = startOrchestrator(options);
    await delay(DARK_MS);
    await rpc.lighten();
    await engine.lighten();
    standing.stage.orchestrator = await starting;
    const before = await reports();
    await eventually("it reports", async () => (await reports()) > before);
    expect(await startedAt()).to.deep.equal(running);
  });

  it("ends the lease like any other once there is light", async () => {
    await closeLease(standing.stage, leaseId);
    await awaitNothingLeft(standing.stage.runtime, AbortSignal.timeout(60_000));
    const { deposited, paid, refunded } = await readLedger(standing.stage, leaseId);
    expect(paid + refunded).to.equal(deposited);
  });
});
