// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { ObservedVolume } from "../domain/observed.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import { expectError, patient, run, service, sweep, workload } from "./contract-fixtures.ts";
import { tar, type TarEntry } from "./docker/tar.ts";

/** An implementation that bounds volumes. */
export interface VolumesUnderTest {
  readonly runtime: ContainerRuntime;
  /** The demonstration's image, which the engine has. */
  readonly image: string;
}

const DATA: TarEntry = { name: "data/", type: "directory", mode: 0o755, uid: 1000, gid: 1000, content: null };
const fileOf = (name: string, content: string | Buffer): TarEntry => ({
  ...{ name: `data/${name}`, type: "file", mode: 0o644, uid: 1000, gid: 1000, content },
});
const archiveOf = (...entries: readonly TarEntry[]): Buffer => tar([DATA, ...entries]);

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** The laws of volumes with a size, for every implementation that bounds them. */
export function describeVolumes(name: string, makeRuntime: () => Promise<VolumesUnderTest>): void {
  describe(`volumes with a size: ${name}`, function () {
    this.timeout(60_000);
    let under: VolumesUnderTest;
    let runtime: ContainerRuntime;

    before(async () => {
      under = await makeRuntime();
      runtime = under.runtime;
    });

    afterEach(() => sweep(runtime));

    const make = (sizeMiB: number) => runtime.createVolume(1n, { name: "data", sizeMiB }, patient());
    const seen = async (): Promise<readonly ObservedVolume[]> =>
      (await runtime.observe(patient()))[0]?.volumes ?? [];
    const writer = () =>
      service(under.image, { volumes: [{ volume: "data", path: "/data", readOnly: false }] });
    const put = (archive: Buffer, check: (written: Buffer) => void = () => undefined) =>
      runtime.replaceVolume(
        1n,
        "data",
        { archive: () => once(archive), check: async (written) => check(await bytesOf(written)) },
        patient(),
      );
    const read = async () => (await bytesOf(runtime.readVolume(1n, "data", patient()))).toString("latin1");

    it("tells the size that a volume has", async () => {
      expect(await make(20)).to.equal("created");
      expect(await seen()).to.deep.equal([{ name: "data", sizeMiB: 20, isWhole: true }]);
    });

    it("lets a volume grow, with what is in it, and refuses to let it shrink", async () => {
      await make(16);
      await put(archiveOf(fileOf("kept", "since before")));
      expect(await make(32)).to.equal("exists");
      expect(await seen()).to.deep.equal([{ name: "data", sizeMiB: 32, isWhole: true }]);
      await expectError(make(31), "E_VOLUME_SHRINK", "permanent");
      expect(await seen()).to.deep.equal([{ name: "data", sizeMiB: 32, isWhole: true }]);
      expect(await read()).to.contain("since before");
    });

    it("puts other content in the place of all that was there", async () => {
      await make(16);
      await put(archiveOf(fileOf("old", "of yesterday")));
      let written = "";
      await put(archiveOf(fileOf("new", "of today")), (bytes) => (written = bytes.toString("latin1")));
      expect(written).to.contain("data/new").and.to.contain("of today");
      expect(await read())
        .to.contain("of today")
        .and.not.to.contain("of yesterday");
      expect(await seen()).to.deep.equal([{ name: "data", sizeMiB: 16, isWhole: true }]);
    });

    it("changes nothing where the check finds something wrong, or the content breaks off", async () => {
      await make(16);
      await put(archiveOf(fileOf("old", "of yesterday")));
      const wrong = put(archiveOf(fileOf("new", "of today")), () => {
        throw new Error("not what it should be");
      });
      expect(await wrong.catch(String)).to.equal("Error: not what it should be");
      const broken = runtime.replaceVolume(
        1n,
        "data",
        {
          archive: async function* () {
            yield archiveOf(fileOf("new", "of today")).subarray(0, 700);
            throw new Error("cut off");
          },
          check: async () => undefined,
        },
        patient(),
      );
      expect(await broken.catch(String)).to.equal("Error: cut off");
      expect(await read())
        .to.contain("of yesterday")
        .and.not.to.contain("of today");
    });

    it("refuses more than fits, and changes nothing", async () => {
      await make(16);
      await put(archiveOf(fileOf("old", "of yesterday")));
      const tooMuch = put(archiveOf(fileOf("new", Buffer.alloc(20 * 1024 * 1024, 7))));
      expect(await tooMuch.catch((error: unknown) => error)).to.have.property("code", "E_VOLUME_TOO_SMALL");
      expect(await read()).to.contain("of yesterday");
    });

    it("replaces nothing under a container that runs, frozen or not, and all of it once it has stopped", async () => {
      await make(16);
      await run(runtime, 1n, writer());
      await expectError(put(archiveOf(fileOf("new", "of today"))), "E_VOLUME_BUSY", "retryable");
      await runtime.freezeContainer(1n, "web", patient());
      await expectError(put(archiveOf(fileOf("new", "of today"))), "E_VOLUME_BUSY", "retryable");
      await runtime.stopContainer(1n, "web", 1, patient());
      await put(archiveOf(fileOf("new", "of today")));
      await runtime.startContainer(1n, "web", patient());
      expect(await read()).to.contain("of today");
    });

    it("knows no volume that is not there", async () => {
      await expectError(read(), "E_VOLUME_GONE", "retryable");
      await expectError(put(archiveOf()), "E_VOLUME_GONE", "retryable");
    });

    it("removes a volume with its data, so that one of the same name is new", async () => {
      await make(32);
      await put(archiveOf(fileOf("old", "of yesterday")));
      await runtime.removeVolume(1n, "data", patient());
      expect(await seen()).to.deep.equal([]);
      expect(await make(16)).to.equal("created");
      expect(await read()).not.to.contain("of yesterday");
    });

    it("a container adopts the volume's content when it is created anew", async () => {
      await make(16);
      await put(archiveOf(fileOf("kept", "since before")));
      await run(runtime, 1n, writer());
      await runtime.removeContainer(1n, "web", patient());
      await runtime.createContainer(workload(1n), writer(), patient());
      await runtime.startContainer(1n, "web", patient());
      expect(await read()).to.contain("since before");
    });
  });
}
