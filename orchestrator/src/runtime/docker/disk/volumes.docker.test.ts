// SPDX-License-Identifier: Apache-2.0
import { ensureHelloImage, HELLO_IMAGE } from "../../../../../scripts/images/build-hello.ts";
import { setTimeout } from "node:timers/promises";
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { systemClock } from "../../../config/system-clock.ts";
import { keepingLog } from "../../../test/logs.ts";
import type { MarketIdentity } from "../../../domain/identity.ts";
import { patient, sweep } from "../../contract-fixtures.ts";
import { describeVolumes } from "../../volumes.contract.ts";
import { newIdentity, PUBLISH_ADDRESS, SUBNET_POOL, withDocker } from "../docker-fixtures.ts";
import type { DockerRuntime } from "../docker-runtime.ts";
import { openDockerRuntime } from "../open-runtime.ts";
import { tar } from "../tar.ts";
import { requireLoops, VolumeFolder } from "./store-fixtures.ts";

function open(folder: string, identity: MarketIdentity): Promise<DockerRuntime> {
  return openDockerRuntime(
    {
      identity,
      publishAddress: PUBLISH_ADDRESS,
      subnetPool: SUBNET_POOL,
      monotonic: () => performance.now(),
      volumes: { folder, quota: "ext4" },
      clock: systemClock,
      log: keepingLog(),
    },
    patient(),
  );
}

const FOLDER = { name: "data/", type: "directory", mode: 0o755, uid: 0, gid: 0, content: null } as const;

function filled(content: Buffer): Buffer {
  return tar([FOLDER, { name: "data/file", type: "file", mode: 0o644, uid: 0, gid: 0, content }]);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.catch((error: unknown) => error);
  return outcome instanceof BerthError ? outcome.code : outcome;
}

/** Bytes of all that is still to come. */
async function drained(stream: AsyncIterator<Uint8Array>): Promise<number> {
  let bytes = 0;
  for (let piece = await stream.next(); piece.done !== true; piece = await stream.next())
    bytes += piece.value.length;
  return bytes;
}

await withDocker("volumes with a size: Docker Engine", () => {
  describe("Docker Engine with volumes in files of their own", () => {
    let folder: VolumeFolder | null = null;
    let runtime: DockerRuntime;

    before(async function () {
      requireLoops(this);
      await ensureHelloImage(AbortSignal.timeout(60_000));
      folder = new VolumeFolder();
      runtime = await open(folder.path, newIdentity());
      await sweep(runtime);
    });

    after(() => {
      const left = [...(folder?.mounts() ?? []), ...(folder?.loops() ?? [])];
      folder?.takeDown();
      expect(left).to.deep.equal([]);
    });

    describeVolumes("Docker Engine", async () => ({ runtime, image: HELLO_IMAGE }));

    describe("whose content is under way for long", () => {
      const content = Buffer.alloc(32 * 1024 ** 2, 7);

      beforeEach(async () => {
        await runtime.createVolume(1n, { name: "data", sizeMiB: 64 }, patient());
        const put = { archive: () => once(filled(content)), check: async () => undefined };
        await runtime.replaceVolume(1n, "data", put, patient());
      });

      afterEach(() => sweep(runtime));

      const read = () => runtime.readVolume(1n, "data", patient())[Symbol.asyncIterator]();

      it("a reader who takes nothing keeps nobody from seeing what runs, and the volume from nobody who removes it", async () => {
        const reading = read();
        await reading.next();
        expect(await runtime.observeContainers(patient())).to.deep.equal([]);
        await runtime.removeVolume(1n, "data", patient());
        expect(await codeOf(drained(reading))).to.equal("E_VOLUME_UNREADABLE");
        expect(await runtime.observe(patient())).to.deep.equal([]);
      });

      it("an import that waits for its archive keeps nobody from seeing what runs", async () => {
        const all = filled(content);
        const slow = async function* (): AsyncGenerator<Uint8Array> {
          yield all.subarray(0, all.length / 2);
          await setTimeout(1_000);
          expect(await runtime.observeContainers(patient())).to.deep.equal([]);
          yield all.subarray(all.length / 2);
        };
        const put = { archive: slow, check: async () => undefined };
        await runtime.replaceVolume(1n, "data", put, patient());
      });

      it("of two readers the later one gets all of it", async () => {
        const first = read();
        await first.next();
        const second = read();
        await second.next();
        expect(await codeOf(drained(first))).to.equal("E_VOLUME_UNREADABLE");
        expect(await drained(second)).to.be.greaterThan(content.length / 2);
      });
    });
  });
});
