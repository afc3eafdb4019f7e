// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { requireLoops, VolumeFolder } from "./store-fixtures.ts";
import { VolumeStore } from "./volume-store.ts";

const signal = AbortSignal.timeout(120_000);
const owner = { uid: 0, gid: 0 };
const volume = { name: "v", sizeMiB: 16 };
/** What the making of a volume for an impossible user ends with. */
const OUT_OF_RANGE = /ERR_OUT_OF_RANGE/;

async function codeOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => "done",
    (error: unknown) => error,
  );
  return outcome instanceof BerthError ? outcome.code : String(outcome);
}

/** Shows a folder at another place too, as the engine does for whoever uses a volume. */
function showAt(folder: string, place: string): void {
  mkdirSync(place);
  expect(spawnSync("mount", ["--bind", folder, place]).status).to.equal(0);
}

describe("the store of volumes", function () {
  this.timeout(60_000);
  let folder: VolumeFolder;
  let store: VolumeStore;

  beforeEach(async function () {
    requireLoops(this);
    folder = new VolumeFolder();
    store = new VolumeStore({ folder: folder.path, quota: "ext4" });
    await store.prepare(signal);
  });

  afterEach(() => {
    folder.takeDown();
    expect([...folder.mounts(), ...folder.loops()]).to.deep.equal([]);
  });

  it("puts nothing in the place of what somebody still reads or writes", async () => {
    await store.ensure(volume, owner, signal);
    writeFileSync(join(store.dataPath("v"), "old"), "of yesterday");
    const place = join(folder.path, "engine");
    showAt(store.dataPath("v"), place);
    const stage = await store.stage("v", owner, signal);
    expect(await codeOf(stage.take(signal))).to.equal("E_VOLUME_BUSY");
    await stage.drop(signal);
    await store.attach("v", signal);
    writeFileSync(join(place, "new"), "of today");
    expect(readFileSync(join(store.dataPath("v"), "new"), "utf8")).to.equal("of today");
    expect(readdirSync(folder.path).sort()).to.deep.equal(["engine", "v.img", "v.mnt"]);

    spawnSync("umount", [place]);
    const again = await store.stage("v", owner, signal);
    writeFileSync(join(again.data, "put"), "in its place");
    await again.take(signal);
    await again.drop(signal);
    expect(readdirSync(store.dataPath("v"))).to.deep.equal(["put"]);
    await store.remove("v", signal);
  });

  it("keeps nobody from a volume whose new content could not be given up, and gives it up before the next", async () => {
    await store.ensure(volume, owner, signal);
    const stage = await store.stage("v", owner, signal);
    const holder = spawn("sleep", ["60"], { cwd: stage.data });
    await once(holder, "spawn");
    expect(await codeOf(stage.drop(signal))).to.equal("E_VOLUME_BUSY");
    await store.attach("v", signal);
    writeFileSync(join(store.dataPath("v"), "own"), "of today");
    expect(await codeOf(store.stage("v", owner, signal))).to.equal("E_VOLUME_BUSY");
    expect(readFileSync(join(store.dataPath("v"), "own"), "utf8")).to.equal("of today");

    holder.kill("SIGKILL");
    await once(holder, "exit");
    const next = await store.stage("v", owner, signal);
    expect(readdirSync(next.data)).to.deep.equal([]);
    await next.take(signal);
    await next.drop(signal);
    expect(readdirSync(store.dataPath("v"))).to.deep.equal([]);
    await store.remove("v", signal);
    expect(readdirSync(folder.path)).to.deep.equal([]);
  });

  it("leaves nothing of a volume that could not be made", async () => {
    const nobody = { uid: 2 ** 40, gid: 0 };
    expect(await codeOf(store.ensure(volume, nobody, signal))).to.match(OUT_OF_RANGE);
    expect(readdirSync(folder.path)).to.deep.equal([]);
    await store.ensure(volume, owner, signal);
    expect(await codeOf(store.stage("v", nobody, signal))).to.match(OUT_OF_RANGE);
    expect(readdirSync(folder.path).sort()).to.deep.equal(["v.img", "v.mnt"]);
    await store.remove("v", signal);
  });

  it("clears away what was cut off in the making, and nothing else", async () => {
    await store.ensure(volume, owner, signal);
    mkdirSync(join(folder.path, "tree-a1b2c3", "data"), { recursive: true });
    writeFileSync(join(folder.path, "w.img.new"), "half");
    await new VolumeStore({ folder: folder.path, quota: "ext4" }).prepare(signal);
    expect(readdirSync(folder.path).sort()).to.deep.equal(["v.img", "v.mnt"]);
    await store.remove("v", signal);
  });

  it("works in a data folder that is a link to another disk", async () => {
    const links = mkdtempSync(join(tmpdir(), "berth-links-"));
    try {
      symlinkSync(folder.path, join(links, "data"));
      const linked = new VolumeStore({ folder: join(links, "data"), quota: "ext4" });
      await linked.prepare(signal);
      expect(await linked.ensure(volume, owner, signal)).to.equal("created");
      expect(await linked.ensure({ ...volume, sizeMiB: 24 }, owner, signal)).to.equal("exists");
      await linked.remove("v", signal);
      expect(readdirSync(folder.path)).to.deep.equal([]);
    } finally {
      rmSync(links, { recursive: true, force: true });
    }
  });
});
