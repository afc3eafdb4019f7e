// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { statfsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { builtImage, file, versionImage } from "../../../../test/registry/built-image.ts";
import { EngineOnDisk } from "../../../../test/registry/engine-on-disk.ts";
import { HostileProxy } from "../../../../test/registry/hostile-proxy.ts";
import { RealRegistry, requireRegistry } from "../../../../test/registry/registry.ts";
import { requireOwnEngine } from "../../../../test/helpers/own-engine.ts";
import { STRICT_IMAGES, type ImageRules } from "../../domain/image.ts";
import { ANYBODY, expectError, patient, run, see, service, sweep } from "../contract-fixtures.ts";
import type { Deadlines } from "./client.ts";
import type { DockerRuntime } from "./docker-runtime.ts";
import { withDocker, newIdentity } from "./docker-fixtures.ts";
import { runtimeOn } from "./fake-engine-fixtures.ts";
import { markOf } from "./image-mark.ts";

const MIB = 1024 * 1024;
const DISK_MIB = 1_536;
/** Milliseconds without progress, and for a whole pull, after which a test's engine gives up. */
const [IDLE, WHOLE] = [2_000, 12_000];

await withDocker("an engine and a registry that means no good", () => {
  describe("an engine and a registry that means no good", function () {
    this.timeout(120_000);
    let machine: EngineOnDisk;
    let registry: RealRegistry;
    let proxy: HostileProxy;
    const identity = newIdentity();

    before(async function () {
      requireOwnEngine(this);
      requireRegistry(this);
      machine = await EngineOnDisk.start(DISK_MIB);
      registry = await RealRegistry.start();
      proxy = await HostileProxy.start(registry.origin, machine.folder);
      await machine.lead(proxy.host.split(":")[1] ?? "");
    });
    afterEach(async () => {
      proxy.mischief = () => null;
      proxy.asked.splice(0);
      await sweep(runtime());
    });
    after(async () => {
      await proxy?.close();
      registry?.close();
      await machine?.takeDown();
    });

    const runtime = (rules: Partial<ImageRules> = {}, given: Partial<Deadlines> = {}): DockerRuntime => {
      const { engine } = machine.own;
      const deadlines = { ...engine.deadlines, pullIdle: IDLE, pull: WHOLE, ...given };
      const images = { ...STRICT_IMAGES, diskReserveMiB: 64, localRegistries: [proxy.origin], ...rules };
      return runtimeOn({ ...engine, deadlines }, identity, undefined, images);
    };
    const named = (repository: string, tag = "1"): string => `${proxy.host}/${repository}:${tag}`;
    const resolve = (image: string) => runtime().resolveImage(image, ANYBODY, patient());
    const ensure = (pin: string, rules: Partial<ImageRules> = {}) =>
      runtime(rules).ensureImage(pin, ANYBODY, patient());
    const freeMiB = (): number => {
      const { bavail, bsize } = statfsSync(machine.disk.folder);
      return (bavail * bsize) / MIB;
    };
    /** Bytes of all layers that the engine keeps. */
    const kept = async (): Promise<number> =>
      ((await machine.own.engine.docker.df()) as { LayersSize: number }).LayersSize;
    const pageOf = async (): Promise<string> => {
      const { id } = await see(runtime(), 1n, "web");
      return machine.own.runIn(id, "cat", "/www/index.html");
    };
    const noise = (mib: number): Buffer => file("noise", randomBytes(mib * MIB));

    /** Fails as it must, and leaves nothing on the engine. */
    const expectNothingLeft = async (
      pull: () => Promise<unknown>,
      code: string,
      kind: "retryable" | "permanent",
    ): Promise<void> => {
      const before = await kept();
      await expectError(pull(), code, kind);
      expect(await kept()).to.equal(before);
    };

    it("what a tag named when it was resolved is what runs, however often the tag is moved", async () => {
      await registry.push("team/moved", "1", versionImage("first"));
      let moves = 0;
      proxy.mischief = async ({ method, path }) => {
        if (method === "HEAD" && path.endsWith("/manifests/1"))
          await registry.push("team/moved", "1", versionImage(`move ${(moves += 1)}`));
        return null;
      };
      const pin = await resolve(named("team/moved"));
      expect(moves).to.equal(1);
      await ensure(pin);
      await run(runtime(), 1n, service(pin, { init: false }));
      expect(await pageOf()).to.equal("first");
      expect((await see(runtime(), 1n, "web")).image).to.equal(pin);
      await sweep(runtime());
      await machine.own.engine.docker.getImage(pin.replace("@sha256:", ":berth.")).remove();
      await ensure(pin);
      await run(runtime(), 1n, service(pin, { init: false }));
      expect(await pageOf()).to.equal("first");
      expect(await resolve(named("team/moved"))).not.to.equal(pin);
    });

    it("a digest that nobody has any more is lost", async () => {
      const digest = await registry.push("team/lost", "1", versionImage("lost"));
      const pin = await resolve(named("team/lost"));
      await registry.drop("team/lost", digest);
      await registry.push("team/lost", "1", versionImage("another"));
      await expectNothingLeft(() => ensure(pin), "E_IMAGE_LOST", "permanent");
    });

    it("what is poisoned on its way, manifest or layer, is not taken", async () => {
      const image = builtImage([noise(1)]);
      await registry.push("team/poison", "1", image);
      const pin = await resolve(named("team/poison"));
      proxy.mischief = ({ method, path }) =>
        method === "GET" && path.includes("/manifests/")
          ? { kind: "replace", body: Buffer.from("{}") }
          : null;
      await expectNothingLeft(() => ensure(pin), "E_IMAGE_DIGEST", "permanent");
      const body = builtImage([noise(1)]).layers[0] ?? Buffer.alloc(0);
      proxy.mischief = ({ path, byEngine, method }) =>
        byEngine && method === "GET" && path.includes("/blobs/") ? { kind: "replace", body } : null;
      await expectNothingLeft(() => ensure(pin), "E_IMAGE_DIGEST", "permanent");
    });

    it("what the engine quotes of an answer, whoever gave it, is no part of the refusal", async () => {
      await registry.push("team/quoted", "1", builtImage([noise(1)]));
      const pin = await resolve(named("team/quoted"));
      const body = Buffer.from("a secret of another machine");
      proxy.mischief = ({ path, byEngine }) =>
        byEngine && path.includes("/manifests/") ? { kind: "replace", status: 418, body } : null;
      const error = await expectError(ensure(pin), "E_REGISTRY_UNREACHABLE", "retryable");
      expect(String(error.cause)).to.contain("a secret");
      expect([error.message, error.next, JSON.stringify(error.facts)].join()).not.to.contain("secret");
    });

    it("a registry that stalls is given up after the idle time, one that trickles after the whole time", async () => {
      await registry.push("team/slow", "1", builtImage([noise(16)]));
      const pin = await resolve(named("team/slow"));
      const ofLayer = ({ path, byEngine }: { path: string; byEngine: boolean }) =>
        byEngine && path.includes("/blobs/");
      proxy.mischief = (asked) => (ofLayer(asked) ? { kind: "stall", after: 64 * 1024 } : null);
      const begin = Date.now();
      await expectNothingLeft(() => ensure(pin), "E_IMAGE_STALLED", "retryable");
      expect(Date.now() - begin).to.be.lessThan(IDLE + 6_000);
      proxy.mischief = (asked) => (ofLayer(asked) ? { kind: "trickle", bytes: 16_384, every: 20 } : null);
      const error = await expectError(ensure(pin), "E_IMAGE_STALLED", "retryable");
      expect(error.message).to.contain(`not finished within ${WHOLE} ms`);
      proxy.mischief = () => null;
      await ensure(pin);
    });

    it("a connection that is cut in a layer is taken up again", async () => {
      await registry.push("team/torn", "1", builtImage([noise(4)]));
      const pin = await resolve(named("team/torn"));
      const asked: string[] = [];
      proxy.mischief = ({ path, byEngine }) => {
        if (!byEngine || !path.includes("/blobs/")) return null;
        const isFirst = !asked.includes(path);
        asked.push(path);
        return isFirst ? { kind: "tear", after: MIB } : null;
      };
      const { deadlines } = machine.own.engine;
      await runtime({}, deadlines).ensureImage(pin, ANYBODY, patient());
      expect(asked.length).to.be.greaterThan(new Set(asked).size);
    });

    it("too many layers, or too many bytes, are not even asked for", async () => {
      const layers = Array.from({ length: 65 }, (_, each) => file(`f${each}`, Buffer.from(String(each))));
      await registry.push("team/layers", "1", builtImage(layers));
      await registry.push("team/large", "1", builtImage([noise(3)]));
      for (const repository of ["team/layers", "team/large"]) {
        const pin = await resolve(named(repository));
        await expectNothingLeft(() => ensure(pin, { imageMiB: 2 }), "E_IMAGE_TOO_LARGE", "permanent");
      }
      expect(proxy.blobsPulled).to.deep.equal([]);
    });

    it("a bomb is removed once it is unpacked beyond the cap, or beyond fifty times what was sent", async () => {
      const bomb = builtImage([file("zeros", Buffer.alloc(192 * MIB))]);
      expect(bomb.layers[0]?.length).to.be.lessThan(MIB);
      await registry.push("team/bomb", "1", bomb);
      const pin = await resolve(named("team/bomb"));
      await expectNothingLeft(() => ensure(pin, { imageMiB: 64 }), "E_IMAGE_TOO_LARGE", "permanent");
      await expectNothingLeft(() => ensure(pin), "E_IMAGE_TOO_LARGE", "permanent");
    });

    it("a bomb never takes the reserve, however fast it grows", async () => {
      await registry.push("team/fast", "1", builtImage([file("zeros", Buffer.alloc(512 * MIB))]));
      const pin = await resolve(named("team/fast"));
      const reserve = Math.floor(freeMiB()) - 192;
      let least = Infinity;
      const watching = setInterval(() => (least = Math.min(least, freeMiB())), 5);
      await expectNothingLeft(() => ensure(pin, { diskReserveMiB: reserve }), "E_DISK_SHORT", "retryable");
      for (const until = Date.now() + 10_000; freeMiB() <= reserve + 96 && Date.now() < until;)
        await delay(50);
      clearInterval(watching);
      expect(least).to.be.within(reserve, reserve + 192);
      expect(freeMiB()).to.be.greaterThan(reserve + 96);
    });

    it("images that Berth pulled and nobody needs go, the longest unneeded first, and no other", async () => {
      const { docker } = machine.own.engine;
      const pins: Record<string, string> = {};
      for (const name of ["used", "kept", "named", "old", "new", "foreign"]) {
        await registry.push(`team/${name}`, "1", versionImage(name));
        pins[name] = await resolve(named(`team/${name}`));
        if (name !== "foreign") await ensure(pins[name] ?? "");
      }
      const pinOf = (name: string): string => pins[name] ?? "";
      await new Promise<void>((done, failed) => {
        void docker
          .pull(pinOf("foreign"))
          .then((stream) =>
            docker.modem.followProgress(stream, (error) => (error === null ? done() : failed(error))),
          );
      });
      await docker.getImage(pinOf("named")).tag({ repo: "providers/own", tag: "1" });
      await run(runtime(), 1n, service(pinOf("used"), { init: false }));
      await run(runtime(), 2n, service(pinOf("old"), { init: false }));
      await runtime().removeContainer(2n, "web", patient());
      const before = freeMiB();
      const all = { isNeeded: (pin: string) => pin === pinOf("kept"), downTo: 0 };
      expect(await runtime().collectImages({ ...all, downTo: 100 }, patient())).to.deep.equal([]);
      const gone = await runtime().collectImages(all, patient());
      const ours = gone.filter((pin) => Object.values(pins).includes(pin));
      expect(ours).to.deep.equal([pinOf("new"), pinOf("old")]);
      expect(freeMiB()).to.be.greaterThan(before);
      for (const [name, pin] of Object.entries(pins)) {
        const stands = await docker
          .getImage(pin)
          .inspect()
          .then(
            () => true,
            () => false,
          );
        expect(stands, name).to.equal(name !== "new" && name !== "old");
      }
      expect(markOf(pinOf("used"))?.tag).to.match(/^berth\.[0-9a-f]{64}$/);
    });
  });
});
