// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { MarketIdentity } from "../../domain/identity.ts";
import { containerName, networkName, volumeName } from "../../domain/names.ts";
import { describeContainerRuntime, type RuntimeUnderTest } from "../container-runtime.contract.ts";
import {
  ANYBODY,
  expectError,
  MANIFEST_HASH,
  patient,
  run,
  sampleOf,
  see,
  service,
  workload,
} from "../contract-fixtures.ts";
import { describeVolumes } from "../volumes.contract.ts";
import { FakeEngine } from "./fake-engine.ts";
import { EMPTY_VOLUME } from "./fake-volumes.ts";
import { FakeRuntime } from "./fake-runtime.ts";
import { engineAway } from "./faults.ts";

const IMAGE = "berth/hello:local";
const identity: MarketIdentity = { chainId: 31337, market: "0x1111111111111111111111111111111111111111" };
const other: MarketIdentity = { chainId: 31337, market: "0x2222222222222222222222222222222222222222" };

function makeFake(): FakeRuntime {
  return new FakeRuntime(identity, new FakeEngine({ now: () => 1_000_000, images: [IMAGE] }));
}

function makeUnderTest(): RuntimeUnderTest {
  const runtime = makeFake();
  const { engine } = runtime;
  const foreign = { owner: null, leaseId: 0n };
  const planted: { kind: "containers" | "networks" | "volumes"; name: string; object: unknown }[] = [];
  return {
    runtime,
    otherMarket: new FakeRuntime(other, engine),
    image: IMAGE,
    unenforcedTiers: ["userns", "gvisor"],
    async plantForeign(kind, leaseId, part) {
      if (kind === "network") {
        const name = networkName(identity, leaseId);
        engine.networks.set(name, foreign);
        planted.push({ kind: "networks", name, object: foreign });
      } else if (kind === "volume") {
        const name = volumeName(identity, leaseId, part);
        const volume = { ...foreign, volume: part, sizeMiB: 16, content: EMPTY_VOLUME };
        engine.volumes.set(name, volume);
        planted.push({ kind: "volumes", name, object: volume });
      } else {
        const name = containerName(identity, leaseId, part);
        engine.addContainer(name, {
          ...foreign,
          spec: service(IMAGE),
          manifestHash: MANIFEST_HASH,
          network: "bridge",
          volumes: [],
          url: null,
        });
        planted.push({ kind: "containers", name, object: engine.containers.get(name) });
      }
    },
    async foreignStands() {
      const standing = planted.filter(({ kind, name, object }) => engine[kind].get(name) === object);
      const untouched = [...engine.containers.values()].every(
        ({ owner, state }) => owner !== null || state === "created",
      );
      return planted.length > 0 && standing.length === planted.length && untouched;
    },
    async clearForeign() {
      for (const { kind, name } of planted.splice(0)) engine[kind].delete(name);
    },
  };
}

describeContainerRuntime("fake", async () => makeUnderTest());

describe("fake container runtime", () => {
  it("fails the next call as ordered, once, and changes nothing", async () => {
    const runtime = makeFake();
    const error = engineAway("test");
    runtime.failNext("createNetwork", error);
    expect(await runtime.createNetwork(1n, patient()).catch((caught: unknown) => caught)).to.equal(error);
    expect(await runtime.observe(patient())).to.deep.equal([]);
    expect(await runtime.createNetwork(1n, patient())).to.equal("created");
  });

  it("a dropped reply leaves the work done, so that the retry adopts it", async () => {
    const runtime = makeFake();
    runtime.dropReplyAfterCommit("createContainer");
    const create = () => runtime.createContainer(workload(1n), service(IMAGE), patient());
    await expectError(create(), "E_RUNTIME_UNREACHABLE", "retryable");
    expect(await create()).to.equal("exists");
  });

  it("a hanging call ends with its signal alone", async () => {
    const runtime = makeFake();
    runtime.hangNext("observe");
    const leaving = new AbortController();
    const call = runtime.observe(leaving.signal);
    const first = await Promise.race([
      call,
      new Promise((resolve) => setTimeout(resolve, 20, "still waiting")),
    ]);
    expect(first).to.equal("still waiting");
    leaving.abort(new Error("enough"));
    expect(await call.catch((error: Error) => error.message)).to.equal("enough");
  });

  it("a daemon that comes back with an equal identity finds what it left", async () => {
    const runtime = makeFake();
    await run(runtime, 1n, service(IMAGE));
    const restarted = new FakeRuntime({ ...identity }, runtime.engine);
    expect(await see(restarted, 1n, "web")).to.deep.equal(await see(runtime, 1n, "web"));
  });

  it("has no image but those it was given", async () => {
    await expectError(
      makeFake().resolveImage("berth/absent:local", ANYBODY, patient()),
      "E_IMAGE_NOT_FOUND",
      "permanent",
    );
  });

  it("a test sets health, usage and end of a container, and sees them through the port", async () => {
    const runtime = makeFake();
    const healthcheck = { test: ["CMD", "true"], intervalMs: 1, timeoutMs: 1, retries: 1, startPeriodMs: 0 };
    await run(runtime, 1n, service(IMAGE, { healthcheck }));
    expect((await see(runtime, 1n, "web")).health).to.equal("starting");
    const container = runtime.container(1n, "web");
    container.health = "healthy";
    container.usage = { cpuNanos: 5n, memoryBytes: 7n, networkRxBytes: null, networkTxBytes: null };
    const seen = await see(runtime, 1n, "web");
    expect(seen.health).to.equal("healthy");
    expect(await sampleOf(runtime, seen)).to.deep.include({ cpuNanos: 5n, networkRxBytes: null });
    runtime.engine.end(container, 137, true);
    expect(await see(runtime, 1n, "web")).to.deep.include({
      state: "exited",
      exitCode: 137,
      oomKilled: true,
    });
  });

  it("writes down every call, failed ones too", async () => {
    const runtime = makeFake();
    runtime.failNext("startContainer", engineAway("test"));
    await runtime.startContainer(4n, "web", patient()).catch(() => undefined);
    expect(runtime.calls).to.deep.equal([{ method: "startContainer", leaseId: 4n, part: "web" }]);
  });
});

describeVolumes("fake", async () => ({ runtime: makeFake(), image: IMAGE }));
