// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureHelloImage, HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { marketLabels } from "../../domain/names.ts";
import { expectError, patient, see, service, sweep, workload } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { labelFilter } from "./context.ts";
import { newIdentity, newRuntime, withDocker, PUBLISH_ADDRESS, SUBNET_POOL } from "./docker-fixtures.ts";
import { createDockerRuntime } from "./docker-runtime.ts";

interface LossyProxy {
  readonly socketPath: string;
  /** Lets the engine do the next request that begins so, and hangs up instead of passing its reply. */
  dropNext(request: RegExp): void;
  /** Requests whose reply was dropped. */
  readonly dropped: string[];
  close(): Promise<void>;
}

async function lossyProxy(enginePath: string): Promise<LossyProxy> {
  const folder = await mkdtemp(join(tmpdir(), "berth-proxy-"));
  const socketPath = join(folder, "engine.sock");
  const dropped: string[] = [];
  let armed: RegExp | null = null;
  const server = createServer((client) => {
    const engine = connect(enginePath);
    let losing: string | null = null;
    client.on("data", (bytes) => {
      const [line = ""] = bytes.toString("latin1").split("\r\n", 1);
      if (armed?.test(line) === true) {
        losing = line;
        armed = null;
      }
      engine.write(bytes);
    });
    engine.on("data", (bytes) => {
      if (losing === null) return void client.write(bytes);
      dropped.push(losing);
      client.destroy();
    });
    client.on("close", () => engine.destroy()).on("error", () => undefined);
    engine.on("close", () => client.destroy()).on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    dropNext: (request) => (armed = request),
    dropped,
    async close() {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

await withDocker("replies of the engine that are lost", () => {
  describe("replies of the engine that are lost", function () {
    this.timeout(60_000);
    const identity = newIdentity();
    const { docker, address } = connectEngine({});
    const direct = newRuntime(identity);
    let proxy: LossyProxy;

    before(async function () {
      const enginePath = address.replace("unix://", "");
      if (!enginePath.startsWith("/")) this.skip();
      await ensureHelloImage(AbortSignal.timeout(60_000));
      proxy = await lossyProxy(enginePath);
    });
    after(async () => {
      await sweep(direct);
      await proxy?.close();
    });

    it("whatever was done when the reply was lost is done once, and the same call again succeeds", async () => {
      const options = { identity, publishAddress: PUBLISH_ADDRESS, subnetPool: SUBNET_POOL };
      const lossy = createDockerRuntime({
        ...options,
        socketPath: proxy.socketPath,
        monotonic: () => performance.now(),
      });
      const spec = service(HELLO_IMAGE, { volumes: [{ volume: "data", path: "/data", readOnly: false }] });
      const signal = patient();
      const steps: [RegExp[], () => Promise<unknown>][] = [
        [[/^POST \/networks\/create/], () => lossy.createNetwork(1n, signal)],
        [[/^POST \/volumes\/create/], () => lossy.createVolume(1n, { name: "data", sizeMiB: 16 }, signal)],
        [[/^POST \/containers\/create/], () => lossy.createContainer(workload(1n), spec, signal)],
        [
          [/^POST .*\/create\?name=owner/, /^DELETE/, /^PUT .*\/archive/, /^POST .*\/start/],
          () => lossy.startContainer(1n, "web", signal),
        ],
        [[/^POST .*\/pause/], () => lossy.freezeContainer(1n, "web", signal)],
        [[/^POST .*\/unpause/], () => lossy.thawContainer(1n, "web", signal)],
        [[/^POST .*\/stop/], () => lossy.stopContainer(1n, "web", 5, signal)],
        [[/^POST .*\/start/], () => lossy.startContainer(1n, "web", signal)],
      ];
      const answers: unknown[] = [];
      for (const [requests, call] of steps) {
        for (const request of requests) {
          proxy.dropNext(request);
          await expectError(call(), "E_RUNTIME_UNREACHABLE", "retryable");
        }
        answers.push(await call());
      }
      expect(answers.slice(0, 3)).to.deep.equal(["exists", "exists", "exists"]);
      const drops = steps.flatMap(([requests]) => requests).length;
      expect(proxy.dropped).to.have.length(drops);
      expect((await see(direct, 1n, "web")).state).to.equal("running");
      expect(
        await docker.listContainers({ all: true, filters: labelFilter(marketLabels(identity)) }),
      ).to.have.length(1);
      expect(await docker.listNetworks({ filters: labelFilter(marketLabels(identity)) })).to.have.length(1);
      const removals: [RegExp, () => Promise<unknown>][] = [
        [/^DELETE \/containers/, () => lossy.removeContainer(1n, "web", signal)],
        [/^DELETE \/networks/, () => lossy.removeNetwork(1n, signal)],
        [/^DELETE \/volumes/, () => lossy.removeVolume(1n, "data", signal)],
      ];
      for (const [request, call] of removals) {
        proxy.dropNext(request);
        await expectError(call(), "E_RUNTIME_UNREACHABLE", "retryable");
        await call();
      }
      expect(proxy.dropped).to.have.length(drops + removals.length);
      expect(await direct.observe(signal)).to.deep.equal([]);
    });

    it("a lost answer to a look is no empty answer", async () => {
      const options = { identity, publishAddress: PUBLISH_ADDRESS, subnetPool: SUBNET_POOL };
      const lossy = createDockerRuntime({
        ...options,
        socketPath: proxy.socketPath,
        monotonic: () => performance.now(),
      });
      await sweep(direct);
      await direct.createNetwork(2n, patient());
      const looks = [
        /^GET \/containers\/json/,
        /^GET \/networks(?!\/)/,
        /^GET \/networks\/bridge/,
        /^GET \/volumes/,
      ];
      for (const request of looks) {
        proxy.dropNext(request);
        await expectError(lossy.observe(patient()), "E_RUNTIME_UNREACHABLE", "retryable");
        expect(await lossy.observe(patient())).to.have.length(1);
      }
    });
  });
});
