// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { exportVolume } from "../../cli/src/flows/volume-export.ts";
import { importVolume } from "../../cli/src/flows/volume-import.ts";
import type { VolumeCrashPoint } from "../../orchestrator/src/crashpoint.ts";
import { VOLUME_CRASH_POINTS } from "../../orchestrator/src/crashpoint.ts";
import { eventually } from "../helpers/stage.ts";
import { keeperOf, VolumeScene, type VolumeLease } from "../helpers/volumes/scene.ts";

const MIB = 1024 * 1024;
const signal = new AbortController().signal;
const quiet = { onProgress: () => undefined };

describe("volumes with a size, of a whole provider", function () {
  this.timeout(300_000);
  let scene: VolumeScene;
  let folder: string;
  const reached = new Set<VolumeCrashPoint>();

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "berth-archives-"));
    scene = await VolumeScene.set(this);
  });

  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await scene?.strike();
  });

  const starts = async (lease: VolumeLease): Promise<number> =>
    (await scene.runIn(lease, "busybox", "cat", "/data/starts")).trim().split("\n").length;
  /** One image, one mount, nothing that was cut off. */
  const expectOrderly = (leases: number): void => {
    expect(scene.held().filter((name) => name.endsWith(".img"))).to.have.length(leases);
    expect(scene.held().filter((name) => name.includes(".new") || name.startsWith("tree-"))).to.deep.equal(
      [],
    );
    expect(scene.mounts()).to.have.length(leases);
    expect(scene.loops()).to.have.length(leases);
  };
  const closeAll = async (...leases: readonly VolumeLease[]): Promise<void> => {
    for (const lease of leases) await scene.close(lease);
    await eventually("nothing is left", async () => scene.held().length === 0);
    expect([scene.mounts(), scene.loops()]).to.deep.equal([[], []]);
  };
  const take = (lease: VolumeLease, path: string, live = true) =>
    exportVolume({ ...quiet, gateway: lease.gateway, volume: "data", path, live, force: true }, signal);
  const put = (lease: VolumeLease, path: string, stop = true) =>
    importVolume({ ...quiet, gateway: lease.gateway, volume: "data", path, stop }, signal);

  it("a tenant who fills his volume, with bytes and with files, never takes a byte of his neighbour's", async () => {
    const greedy = await scene.serve(keeperOf("32M"));
    const neighbour = await scene.serve(keeperOf("32M"));
    const script =
      "i=0; while [ $i -lt 400 ]; do echo $i >> /data/log || echo FAILED; i=$((i+1)); done; echo OK";
    const writing = scene.runIn(neighbour, "sh", "-c", script);
    const filled = await scene.runIn(
      greedy,
      "sh",
      "-c",
      "busybox dd if=/dev/zero of=/data/big bs=65536 2>&1; true",
    );
    expect(filled).to.match(/No space left on device/);
    const size = Number(await scene.runIn(greedy, "sh", "-c", "busybox wc -c < /data/big"));
    expect(size).to.be.within(16 * MIB, 32 * MIB);
    await scene.runIn(greedy, "sh", "-c", "busybox rm /data/big; busybox sync");
    const flood =
      "i=0; while echo -n > /data/f$i; do i=$((i+1)); done 2>/tmp/why; echo $i; busybox cat /tmp/why";
    const flooded = await scene.runIn(greedy, "sh", "-c", flood);
    expect(flooded).to.match(/No space left on device/);
    expect(Number(flooded.split("\n")[0])).to.be.within(100, 2_048);
    expect(await writing).to.equal("OK\n");
    expect((await scene.runIn(neighbour, "busybox", "cat", "/data/log")).trim().split("\n")).to.have.length(
      400,
    );
    await closeAll(greedy, neighbour);
  });

  it("what is taken out of a volume is put into another, and a torn or altered archive changes nothing", async () => {
    const [from, to] = [await scene.serve(keeperOf("32M")), await scene.serve(keeperOf("32M"))];
    await scene.runIn(
      from,
      "sh",
      "-c",
      "busybox mkdir -p /data/deep/er; echo treasure > /data/deep/er/file; busybox ln -s deep /data/l",
    );
    await scene.runIn(from, "busybox", "dd", "if=/dev/urandom", "of=/data/big", "bs=1048576", "count=9");
    const path = join(folder, "round.tar");
    const refused = await take(from, path, false).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(BerthError).with.property("code", "E_VOLUME_IN_USE");
    const made = await take(from, path);
    expect(made.files).to.equal(3);
    const altered = readFileSync(path);
    altered.writeUInt8(altered.readUInt8(4_000_000) ^ 1, 4_000_000);
    writeFileSync(join(folder, "altered.tar"), altered);
    writeFileSync(join(folder, "torn.tar"), altered.subarray(0, 5_000_000));
    for (const bad of ["altered.tar", "torn.tar"]) {
      const outcome = await put(to, join(folder, bad)).catch((error: unknown) => error);
      expect(outcome).to.have.property("code", "E_VOLUME_ARCHIVE");
    }
    const running = await put(to, path, false).catch((error: unknown) => error);
    expect(running).to.have.property("code", "E_VOLUME_IN_USE");
    expect(await starts(to)).to.equal(1);
    expect(await put(to, path)).to.include({ files: 3, sha256: made.sha256 });
    await scene.untilRunning(to);
    expect(await eventually("it was started again", async () => (await starts(to)) === 2)).to.equal(true);
    expect(await scene.runIn(to, "busybox", "cat", "/data/l/er/file")).to.equal("treasure\n");
    const sums = "busybox sha256sum /data/big";
    expect(await scene.runIn(to, "sh", "-c", sums)).to.equal(await scene.runIn(from, "sh", "-c", sums));
    expectOrderly(2);
    await closeAll(from, to);
  });

  it("an engine that was killed, and a machine that was restarted, bring each volume back with its data", async () => {
    const lease = await scene.serve(keeperOf("32M"));
    await scene.restartEngine();
    await eventually("it runs again", async () => (await starts(lease).catch(() => 0)) === 2);
    await scene.stage.orchestrator.kill();
    await scene.restartEngine();
    scene.loseMounts();
    expect(scene.mounts()).to.deep.equal([]);
    await scene.startDaemon();
    await eventually("it runs again", async () => (await starts(lease).catch(() => 0)) === 3);
    expectOrderly(1);
    await closeAll(lease);
  });

  it("a volume whose file is gone is never replaced by an empty one: the workload does not start", async () => {
    const lease = await scene.serve(keeperOf("32M"));
    await scene.stage.orchestrator.kill();
    await scene.restartEngine();
    scene.loseMounts();
    const [image = ""] = scene.held().filter((name) => name.endsWith(".img"));
    const kept = readFileSync(join(scene.folder, image));
    rmSync(join(scene.folder, image));
    await scene.startDaemon();
    const told = await eventually("the loss is told", async () => {
      const { lastError, phase } = await lease.gateway.status();
      return phase !== "running" && lastError?.code === "E_VOLUME_DAMAGED" ? lastError : null;
    });
    expect(told.message).to.match(/is not in the data folder/);
    expect(scene.held().filter((name) => name.endsWith(".img"))).to.deep.equal([]);
    await scene.stage.orchestrator.stop();
    writeFileSync(join(scene.folder, image), kept);
    await scene.startDaemon();
    await eventually("it runs again", async () => (await starts(lease).catch(() => 0)) === 2);
    await closeAll(lease);
  });

  for (const point of ["volume-formatted", "volume-image-made", "volume-mounted"] as const) {
    it(`a daemon that dies at ${point} leaves one volume, whole, and no loop device`, async () => {
      const document = keeperOf("32M");
      const lease = await scene.open(document);
      await scene.withMortal(point, () => scene.handOver(lease, document));
      reached.add(point);
      await scene.handOver(lease, document);
      await scene.untilRunning(lease);
      expect(await starts(lease)).to.equal(1);
      expectOrderly(1);
      await closeAll(lease);
    });
  }

  it("a daemon that dies while a volume grows lets it grow to the end, with its data", async () => {
    const lease = await scene.serve(keeperOf("24M"));
    const grown = keeperOf("48M");
    await scene.withMortal("volume-image-grown", async () => {
      await scene.rename(lease, grown);
      await scene.handOver(lease, grown);
    });
    reached.add("volume-image-grown");
    await eventually("it runs again", async () => (await starts(lease).catch(() => 0)) === 2);
    const free = await scene.runIn(
      lease,
      "sh",
      "-c",
      "busybox dd if=/dev/zero of=/data/big bs=1048576 count=36 && echo OK",
    );
    expect(free).to.match(/OK/);
    expectOrderly(1);
    await closeAll(lease);
  });

  for (const [point, file] of [
    ["volume-import-verified", "starts"],
    ["volume-import-taken", "treasure"],
  ] as const) {
    it(`a daemon that dies at ${point} leaves either all of the old content or all of the new`, async () => {
      const [from, to] = [await scene.serve(keeperOf("24M")), await scene.serve(keeperOf("24M"))];
      await scene.runIn(from, "sh", "-c", "busybox mv /data/starts /data/treasure");
      const path = join(folder, `${point}.tar`);
      await take(from, path);
      await scene.withMortal(point, async () => {
        await eventually("the gateway answers", () =>
          to.gateway.status().then(
            () => true,
            () => false,
          ),
        );
        await scene.untilRunning(to);
        await put(to, path);
      });
      reached.add(point);
      await scene.untilRunning(to);
      await eventually("it runs", async () =>
        (await scene.runIn(to, "busybox", "ls", "/data")).includes("starts"),
      );
      const files = (await scene.runIn(to, "busybox", "ls", "/data")).trim().split(/\s+/);
      expect(files).to.have.members(file === "starts" ? ["starts"] : ["starts", "treasure"]);
      expect(await starts(to)).to.equal(file === "starts" ? 2 : 1);
      expectOrderly(2);
      await closeAll(from, to);
    });
  }

  it("a daemon that dies while a volume is removed removes the rest of it", async () => {
    const lease = await scene.serve(keeperOf("32M"));
    await scene.withMortal("volume-unmounted", () => scene.close(lease));
    reached.add("volume-unmounted");
    await eventually("nothing is left", async () => scene.held().length === 0);
    expect([scene.mounts(), scene.loops()]).to.deep.equal([[], []]);
  });

  it("came to each of its crash points", () => {
    expect([...reached]).to.have.members([...VOLUME_CRASH_POINTS]);
  });
});
