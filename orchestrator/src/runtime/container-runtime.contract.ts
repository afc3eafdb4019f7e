// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { LeaseId } from "../domain/identity.ts";
import type { VolumeSpec } from "../domain/workload.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import {
  ANYBODY,
  collect,
  expectError,
  MANIFEST_HASH,
  namesOf,
  OTHER_MANIFEST_HASH,
  patient,
  run,
  sampleOf,
  see,
  seeUntil,
  service,
  sweep,
  workload,
} from "./contract-fixtures.ts";
import { describeImageLaws } from "./images.contract.ts";
import { describeLogLaws } from "./logs.contract.ts";

const DATA: VolumeSpec = { name: "data", sizeMiB: 16 };

export type ForeignKind = "container" | "network" | "volume";

/** An implementation, with the means to make trouble on its engine. */
export interface RuntimeUnderTest {
  readonly runtime: ContainerRuntime;
  /** The same engine, served by another market's daemon. */
  readonly otherMarket: ContainerRuntime;
  /** The demonstration's image, which the engine has. */
  readonly image: string;
  readonly unenforcedTiers: readonly Parameters<typeof workload>[1][];
  /** Puts something of somebody else's where the lease's object would stand; `part` is its service or volume. */
  plantForeign(kind: ForeignKind, leaseId: LeaseId, part: string): Promise<void>;
  /** Whether all that was planted is there, unchanged. */
  foreignStands(): Promise<boolean>;
  clearForeign(): Promise<void>;
}

/** The laws of the port, which every implementation keeps. */
export function describeContainerRuntime(name: string, makeRuntime: () => Promise<RuntimeUnderTest>): void {
  describe(`container runtime: ${name}`, function () {
    this.timeout(60_000);
    let under: RuntimeUnderTest;
    let runtime: ContainerRuntime;

    before(async () => {
      under = await makeRuntime();
      runtime = under.runtime;
    });

    afterEach(async () => {
      await sweep(runtime);
      await sweep(under.otherMarket);
      await under.clearForeign();
      expect(await runtime.observe(patient())).to.deep.equal([]);
    });

    const web = (changes: Parameters<typeof service>[1] = {}) => service(under.image, changes);

    it("names itself and its version", async () => {
      const description = await runtime.describe(patient());
      expect(description.name).not.to.equal("");
      expect(description.version).not.to.equal("");
    });

    describeImageLaws(() => under);
    describeLogLaws(() => under);

    it("observes nothing where nothing is", async () => {
      expect(await runtime.observe(patient())).to.deep.equal([]);
    });

    it("creates each object once, and adopts it the second time", async () => {
      const spec = web({ volumes: [{ volume: "data", path: "/data", readOnly: false }] });
      const create = async () => [
        await runtime.createNetwork(1n, patient()),
        await runtime.createVolume(1n, DATA, patient()),
        await runtime.createContainer(workload(1n), spec, patient()),
      ];
      expect(await create()).to.deep.equal(["created", "created", "created"]);
      expect(await create()).to.deep.equal(["exists", "exists", "exists"]);
      const [lease, ...others] = await runtime.observe(patient());
      expect(others).to.deep.equal([]);
      expect(lease?.leaseId).to.equal(1n);
      expect(lease?.hasNetwork).to.equal(true);
      expect(namesOf(lease?.volumes)).to.deep.equal(["data"]);
      expect(lease?.containers).to.have.length(1);
    });

    it("observes containers alone as it does among all else", async () => {
      await runtime.createVolume(1n, DATA, patient());
      await run(runtime, 2n, web());
      const [lease, ...others] = await runtime.observeContainers(patient());
      const all = await runtime.observe(patient());
      expect(others).to.deep.equal([]);
      expect(lease).to.deep.include({ leaseId: 2n });
      expect(lease?.containers).to.have.length(1);
      expect(lease?.containers).to.deep.equal(all.find(({ leaseId }) => leaseId === 2n)?.containers);
    });

    it("tells a container that never started from one that ran", async () => {
      await runtime.createNetwork(1n, patient());
      await runtime.createContainer(workload(1n), web(), patient());
      expect(await see(runtime, 1n, "web")).to.deep.include({
        service: "web",
        manifestHash: MANIFEST_HASH,
        state: "created",
        startedAt: null,
        finishedAt: null,
        exitCode: null,
        oomKilled: false,
        health: "none",
        endpoints: [],
      });
    });

    it("observes a volume and a network that have no container yet", async () => {
      await runtime.createVolume(1n, DATA, patient());
      await runtime.createNetwork(2n, patient());
      const seen = [...(await runtime.observe(patient()))].sort((a, b) => Number(a.leaseId - b.leaseId));
      expect(seen).to.deep.equal([
        { leaseId: 1n, containers: [], hasNetwork: false, volumes: seen[0]?.volumes },
        { leaseId: 2n, containers: [], hasNetwork: true, volumes: [] },
      ]);
      expect(namesOf(seen[0]?.volumes)).to.deep.equal(["data"]);
    });

    it("a started container runs, with an endpoint for each published port and none for an exposed one", async () => {
      const ports = [
        { containerPort: 8080, protocol: "tcp" },
        { containerPort: 5353, protocol: "udp" },
      ] as const;
      await run(runtime, 1n, web({ ports, expose: [{ containerPort: 9000, protocol: "tcp" }] }));
      const { state, startedAt, endpoints } = await see(runtime, 1n, "web");
      expect(state).to.equal("running");
      expect(startedAt).to.be.a("number");
      const published = endpoints.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`);
      expect(published).to.have.members(["8080/tcp", "5353/udp"]);
      expect(endpoints.every(({ port, address }) => port > 1023 && address !== "")).to.equal(true);
    });

    it("starting what runs changes nothing", async () => {
      await run(runtime, 1n, web());
      const before = await see(runtime, 1n, "web");
      await runtime.startContainer(1n, "web", patient());
      expect(await see(runtime, 1n, "web")).to.deep.equal(before);
    });

    it("a stopped container has an exit code and no endpoint, and is stopped once", async () => {
      await run(runtime, 1n, web());
      await runtime.stopContainer(1n, "web", 5, patient());
      const stopped = await see(runtime, 1n, "web");
      const ending = { exitCode: 143, oomKilled: false, lostWithEngine: false };
      expect(stopped).to.deep.include({ state: "exited", ...ending, endpoints: [] });
      expect(await runtime.stillRuns(stopped)).to.equal(false);
      expect(stopped.finishedAt).to.be.a("number");
      await runtime.stopContainer(1n, "web", 5, patient());
      expect(await see(runtime, 1n, "web")).to.deep.equal(stopped);
    });

    it("a second start is a new incarnation of the same container", async () => {
      await run(runtime, 1n, web());
      const first = await see(runtime, 1n, "web");
      await runtime.stopContainer(1n, "web", 5, patient());
      await runtime.startContainer(1n, "web", patient());
      const second = await see(runtime, 1n, "web");
      expect(second).to.deep.include({ id: first.id, state: "running", finishedAt: null, exitCode: null });
      expect(second.startedAt).to.be.greaterThan(first.startedAt ?? Infinity);
    });

    it("tells the exit code of what ended by itself", async () => {
      await run(runtime, 1n, web({ name: "good", command: ["true"] }));
      await run(runtime, 1n, web({ name: "bad", command: ["false"] }));
      const ended = ({ state }: { state: string }) => state === "exited";
      expect((await seeUntil(runtime, 1n, "good", ended)).exitCode).to.equal(0);
      expect((await seeUntil(runtime, 1n, "bad", ended)).exitCode).to.equal(1);
    });

    it("freezes and thaws without an end to the incarnation, as often as asked", async () => {
      await run(runtime, 1n, web());
      const running = await see(runtime, 1n, "web");
      for (let times = 0; times < 2; times += 1) await runtime.freezeContainer(1n, "web", patient());
      const frozen = await see(runtime, 1n, "web");
      expect(frozen).to.deep.include({ state: "frozen", id: running.id, startedAt: running.startedAt });
      for (let times = 0; times < 2; times += 1) await runtime.thawContainer(1n, "web", patient());
      expect(await see(runtime, 1n, "web")).to.deep.equal(running);
    });

    it("stops and removes a frozen container", async () => {
      await run(runtime, 1n, web());
      await runtime.freezeContainer(1n, "web", patient());
      await runtime.stopContainer(1n, "web", 2, patient());
      expect((await see(runtime, 1n, "web")).state).to.equal("exited");
      await runtime.startContainer(1n, "web", patient());
      await runtime.freezeContainer(1n, "web", patient());
      await runtime.removeContainer(1n, "web", patient());
      await runtime.removeNetwork(1n, patient());
      expect(await runtime.observe(patient())).to.deep.equal([]);
    });

    it("freezing, thawing and stopping what does not run leaves it as it is", async () => {
      await runtime.createNetwork(1n, patient());
      await runtime.createContainer(workload(1n), web(), patient());
      const before = await see(runtime, 1n, "web");
      await runtime.freezeContainer(1n, "web", patient());
      await runtime.thawContainer(1n, "web", patient());
      await runtime.stopContainer(1n, "web", 5, patient());
      expect(await see(runtime, 1n, "web")).to.deep.equal(before);
    });

    it("removes a running container, its network and its volume, and succeeds where they are gone", async () => {
      const remove = async () => {
        await runtime.removeContainer(1n, "web", patient());
        await runtime.removeNetwork(1n, patient());
        await runtime.removeVolume(1n, "data", patient());
        await runtime.stopContainer(1n, "web", 5, patient());
        await runtime.freezeContainer(1n, "web", patient());
        await runtime.thawContainer(1n, "web", patient());
      };
      await runtime.createVolume(1n, DATA, patient());
      await run(runtime, 1n, web({ volumes: [{ volume: "data", path: "/data", readOnly: false }] }));
      await remove();
      expect(await runtime.observe(patient())).to.deep.equal([]);
      await remove();
    });

    it("keeps a network and a volume while a container uses them", async () => {
      await runtime.createVolume(1n, DATA, patient());
      await run(runtime, 1n, web({ volumes: [{ volume: "data", path: "/data", readOnly: false }] }));
      await expectError(runtime.removeNetwork(1n, patient()), "E_NETWORK_BUSY", "retryable");
      await expectError(runtime.removeVolume(1n, "data", patient()), "E_VOLUME_BUSY", "retryable");
      const [lease] = await runtime.observe(patient());
      expect(lease).to.deep.include({ hasNetwork: true });
      expect(namesOf(lease?.volumes)).to.deep.equal(["data"]);
      expect((await see(runtime, 1n, "web")).state).to.equal("running");
    });

    it("does not start what is not there, nor without its network, nor create without its image", async () => {
      await expectError(runtime.startContainer(1n, "web", patient()), "E_CONTAINER_GONE", "retryable");
      await runtime.createContainer(workload(1n), web(), patient());
      await expectError(runtime.startContainer(1n, "web", patient()), "E_NETWORK_GONE", "retryable");
      const other = web({ name: "other", image: "berth/absent:local" });
      await expectError(runtime.createContainer(workload(1n), other, patient()), "E_IMAGE_GONE", "retryable");
    });

    it("starts what has run in a network that was removed since and made again", async () => {
      await run(runtime, 1n, web());
      const first = await see(runtime, 1n, "web");
      await runtime.stopContainer(1n, "web", 5, patient());
      await runtime.removeNetwork(1n, patient());
      await expectError(runtime.startContainer(1n, "web", patient()), "E_NETWORK_GONE", "retryable");
      expect(await runtime.createNetwork(1n, patient())).to.equal("created");
      await runtime.startContainer(1n, "web", patient());
      const second = await see(runtime, 1n, "web");
      expect(second).to.deep.include({ id: first.id, state: "running" });
      expect(second.endpoints).to.have.length(1);
    });

    it("one lease's removal leaves another's container running", async () => {
      await run(runtime, 1n, web());
      await run(runtime, 11n, web());
      const other = await see(runtime, 11n, "web");
      await runtime.removeContainer(1n, "web", patient());
      await runtime.removeNetwork(1n, patient());
      expect(await see(runtime, 11n, "web")).to.deep.equal(other);
    });

    it("neither sees nor adopts what another market's daemon runs on the same engine", async () => {
      await run(under.otherMarket, 1n, web());
      expect(await runtime.observe(patient())).to.deep.equal([]);
      expect(await runtime.createNetwork(1n, patient())).to.equal("created");
      expect(await runtime.createContainer(workload(1n), web(), patient())).to.equal("created");
      expect((await see(under.otherMarket, 1n, "web")).state).to.equal("running");
      expect((await see(runtime, 1n, "web")).state).to.equal("created");
    });

    it("refuses a container that was made of another manifest, and leaves it running", async () => {
      await run(runtime, 1n, web());
      const before = await see(runtime, 1n, "web");
      const changed = { ...workload(1n), manifestHash: OTHER_MANIFEST_HASH };
      await expectError(runtime.createContainer(changed, web(), patient()), "E_FOREIGN_OBJECT", "permanent");
      expect(await see(runtime, 1n, "web")).to.deep.equal(before);
    });

    it("makes no container on a tier that it cannot enforce, and none on a weaker one in its place", async () => {
      const refuses = (call: () => Promise<unknown>) =>
        expectError(call(), "E_TIER_NOT_ENFORCED", "permanent");
      for (const tier of under.unenforcedTiers)
        await refuses(() => runtime.createContainer(workload(1n, tier), web(), patient()));
      expect(await runtime.observe(patient())).to.deep.equal([]);
    });

    it("never touches a foreign container with the name of ours", async () => {
      await under.plantForeign("container", 1n, "web");
      const calls = [
        () => runtime.createContainer(workload(1n), web(), patient()),
        () => runtime.startContainer(1n, "web", patient()),
        () => runtime.stopContainer(1n, "web", 1, patient()),
        () => runtime.freezeContainer(1n, "web", patient()),
        () => runtime.thawContainer(1n, "web", patient()),
        () => runtime.removeContainer(1n, "web", patient()),
        () => collect(runtime.logs(1n, { service: "web", tail: 10, follow: false }, patient())),
      ];
      for (const call of calls) await expectError(call(), "E_FOREIGN_OBJECT", "permanent");
      expect(await runtime.observe(patient())).to.deep.equal([]);
      expect(await under.foreignStands()).to.equal(true);
    });

    it("never touches a foreign network or volume with the name of ours", async () => {
      await under.plantForeign("network", 1n, "");
      await under.plantForeign("volume", 1n, "data");
      await expectError(runtime.createNetwork(1n, patient()), "E_FOREIGN_OBJECT", "permanent");
      await expectError(runtime.createVolume(1n, DATA, patient()), "E_FOREIGN_OBJECT", "permanent");
      await expectError(runtime.removeNetwork(1n, patient()), "E_FOREIGN_OBJECT", "permanent");
      await expectError(runtime.removeVolume(1n, "data", patient()), "E_FOREIGN_OBJECT", "permanent");
      expect(await runtime.observe(patient())).to.deep.equal([]);
      expect(await under.foreignStands()).to.equal(true);
    });

    it("measures a container that runs, and none that does not", async () => {
      await runtime.createNetwork(1n, patient());
      await runtime.createContainer(workload(1n), web(), patient());
      expect(await sampleOf(runtime, await see(runtime, 1n, "web"))).to.equal(null);
      await runtime.startContainer(1n, "web", patient());
      const running = await see(runtime, 1n, "web");
      const sample = await sampleOf(runtime, running);
      expect(sample).to.deep.include({ containerId: running.id, startedAt: running.startedAt });
      expect(sample?.takenAt).to.be.at.least(running.startedAt ?? Infinity);
      expect(sample?.cpuNanos).to.be.a("bigint");
      expect(sample?.memoryBytes).to.be.a("bigint");
      await runtime.stopContainer(1n, "web", 5, patient());
      expect(await sampleOf(runtime, running)).to.equal(null);
    });

    it("measures no other incarnation than the observed one", async () => {
      await run(runtime, 1n, web());
      const first = await see(runtime, 1n, "web");
      await runtime.stopContainer(1n, "web", 5, patient());
      await runtime.startContainer(1n, "web", patient());
      expect(await sampleOf(runtime, first)).to.equal(null);
      expect(await sampleOf(runtime, await see(runtime, 1n, "web"))).not.to.equal(null);
    });

    it("does nothing for a caller who has gone away, and says so with his own reason", async () => {
      const reason = new Error("the daemon shuts down");
      const signal = AbortSignal.abort(reason);
      const calls: (() => Promise<unknown>)[] = [
        () => runtime.describe(signal),
        () => runtime.observe(signal),
        () => runtime.resolveImage(under.image, ANYBODY, signal),
        () => runtime.ensureImage(under.image, ANYBODY, signal),
        () => runtime.disk(signal),
        () => runtime.createNetwork(1n, signal),
        () => runtime.createVolume(1n, DATA, signal),
        () => runtime.createContainer(workload(1n), web(), signal),
        () => runtime.startContainer(1n, "web", signal),
        () => runtime.stopContainer(1n, "web", 5, signal),
        () => runtime.freezeContainer(1n, "web", signal),
        () => runtime.thawContainer(1n, "web", signal),
        () => runtime.removeContainer(1n, "web", signal),
        () => runtime.removeNetwork(1n, signal),
        () => runtime.removeVolume(1n, "data", signal),
        () => collect(runtime.logs(1n, { service: "web", tail: 1, follow: false }, signal)),
      ];
      for (const call of calls) {
        expect(
          await call().then(
            () => "no error",
            (error: unknown) => error,
          ),
        ).to.equal(reason);
      }
      expect(await runtime.observe(patient())).to.deep.equal([]);
    });
  });
}
