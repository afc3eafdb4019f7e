// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import {
  BerthError,
  createGatewayClient,
  MAX_UPLOAD_PART,
  packVolume,
  verifyVolumeArchive,
  type GatewayClient,
} from "@berth/sdk";
import { expect } from "chai";
import { keccak256 } from "viem";
import { privateKeyToAccount, generatePrivateKey } from "viem/accounts";
import { archiveOf as packed, entryOf } from "../../../sdk/src/archive/archive.fixture.ts";
import { tar, type TarEntry } from "../runtime/docker/tar.ts";
import { identity } from "../test/daemon.ts";
import { GatewayWorld, lease } from "../test/gateway.ts";
import { quiet } from "../test/manual-clock.ts";
import { documentOf, webCompose } from "../test/manifests.ts";

const WITH_VOLUME = `${webCompose()}    volumes: ["data:/data"]\nvolumes: { data: { x-berth: { size: 32M } } }\n`;
const newHash = () => createHash("sha256");
const signal = new AbortController().signal;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** An archive of a volume with this file in it. */
function archiveOf(name: string, content: string | Buffer): Promise<Buffer> {
  const folder: TarEntry = { name: "data/", type: "directory", mode: 0o755, uid: 0, gid: 0, content: null };
  const file: TarEntry = { name: `data/${name}`, type: "file", mode: 0o644, uid: 0, gid: 0, content };
  return bytesOf(packVolume(once(tar([folder, file])), newHash));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => "done",
    (error: unknown) => error,
  );
  return outcome instanceof BerthError ? outcome.code : String(outcome);
}

describe("volumes through the gateway", () => {
  let world: GatewayWorld;
  let gateway: GatewayClient;
  let endpoint: string;

  beforeEach(async () => {
    world = new GatewayWorld();
    world.daemon.open(lease, { tenant: world.tenant.address }, documentOf(WITH_VOLUME));
    await world.daemon.settle();
    endpoint = await world.app.listen({ host: "127.0.0.1", port: 0 });
    gateway = clientOf(world.tenant);
  });

  afterEach(async () => {
    await world.app.close();
    rmSync(world.uploads, { recursive: true, force: true });
  });

  const clientOf = (signer: GatewayWorld["tenant"]): GatewayClient => {
    const now = (): bigint => BigInt(Math.floor(world.daemon.clock.now() / 1_000));
    return createGatewayClient({ endpoint, ...identity, leaseId: lease, signer, now });
  };
  const stop = () => world.daemon.runtime.stopContainer(lease, "web", 1, signal);
  const exported = (live = false) => bytesOf(gateway.volumes.archive("data", live, signal));
  const upload = async (bytes: Buffer, name = sha256(bytes)): Promise<void> => {
    for (let at = 0; at < bytes.length; at += MAX_UPLOAD_PART) {
      const piece = new Uint8Array(bytes.subarray(at, at + MAX_UPLOAD_PART));
      await gateway.volumes.send({ volume: "data", sha256: name }, at, piece, signal);
    }
  };
  const apply = async (bytes: Buffer, stops = false): Promise<readonly string[]> => {
    const phases: string[] = [];
    const told = gateway.volumes.apply({ volume: "data", sha256: sha256(bytes) }, stops, signal);
    for await (const { phase } of told) phases.push(phase);
    return [...new Set(phases)];
  };
  const content = async (): Promise<readonly string[]> => {
    const { entries } = await verifyVolumeArchive(once(await exported(true)), newHash);
    return [...entries.keys()];
  };

  it("an archive that is put in comes out again, checksum for checksum, of more pieces than one", async () => {
    await stop();
    const archive = await archiveOf("big", Buffer.alloc(2.5 * MAX_UPLOAD_PART, 3));
    await upload(archive);
    expect(await apply(archive)).to.deep.equal(["checked", "written", "read back", "done"]);
    expect((await exported()).equals(archive)).to.equal(true);
    expect(readdirSync(world.uploads)).to.deep.equal([]);
  });

  it("neither is done while the workload runs, unless the tenant says so", async () => {
    const archive = await archiveOf("new", "of today");
    expect(await codeOf(exported())).to.equal("E_VOLUME_IN_USE");
    expect((await exported(true)).length).to.be.greaterThan(0);
    await upload(archive);
    expect(await codeOf(apply(archive))).to.equal("E_VOLUME_IN_USE");
    expect(await content()).to.deep.equal(["data"]);
    expect(await apply(archive, true)).to.include("done");
    expect(await content()).to.deep.equal(["data", "data/new"]);
    expect(world.woken).to.include("woken");
  });

  it("an export during which the workload ran for a while is no archive, unless the tenant says so", async () => {
    await stop();
    const { runtime } = world.daemon;
    const read = runtime.readVolume.bind(runtime);
    runtime.readVolume = async function* (leaseId, volume, until) {
      yield* read(leaseId, volume, until);
      await runtime.startContainer(leaseId, "web", until);
      await runtime.stopContainer(leaseId, "web", 1, until);
    };
    const end = await exported().then(
      (bytes) => codeOf(verifyVolumeArchive(once(bytes), newHash)),
      () => "cut off",
    );
    expect(["cut off", "E_VOLUME_ARCHIVE"]).to.include(end);
    expect(await content()).to.deep.equal(["data"]);
  });

  it("what an export leaves out is told by a few names and a number, however much of it there is", async () => {
    await stop();
    const folder = entryOf("data", { kind: "folder" });
    const pipes = Array.from({ length: 500 }, (_, index) =>
      entryOf(`data/p${index}`, { kind: "other", flag: "6" }),
    );
    world.daemon.runtime.readVolume = () => once(packed([folder, ...pipes]));
    await exported();
    const said = world.daemon.log.said.filter(({ message }) => message.includes("left out"));
    expect(said).to.have.length(1);
    expect(said[0]?.fields).to.deep.include({ count: 500, paths: ["data/p0", "data/p1", "data/p2"] });
  });

  it("an upload that was cut off goes on where it was", async () => {
    await stop();
    const archive = await archiveOf("big", Buffer.alloc(1.5 * MAX_UPLOAD_PART, 3));
    const named = { volume: "data", sha256: sha256(archive) };
    const first = new Uint8Array(archive.subarray(0, 1_000));
    expect(await gateway.volumes.received(named, signal)).to.equal(0);
    expect(await gateway.volumes.send(named, 0, first, signal)).to.equal(1_000);
    expect(await gateway.volumes.received(named, signal)).to.equal(1_000);
    expect(await codeOf(gateway.volumes.send(named, 0, first, signal))).to.equal("E_UPLOAD_OFFSET");
    expect(await codeOf(gateway.volumes.send(named, 2_000, first, signal))).to.equal("E_UPLOAD_OFFSET");
    expect(await codeOf(apply(archive))).to.equal("E_UPLOAD_NOT_WHOLE");
    await upload(archive);
    expect(await apply(archive)).to.include("done");
  });

  it("what is not the archive that was named, torn or altered, changes nothing", async () => {
    await stop();
    const good = await archiveOf("old", "of yesterday");
    await upload(good);
    await apply(good);
    const torn = (await archiveOf("new", "of today")).subarray(0, 1_500);
    await upload(torn);
    expect(await codeOf(apply(torn))).to.equal("E_VOLUME_ARCHIVE");
    const altered = Buffer.from(await archiveOf("new", "of today"));
    altered.writeUInt8(altered.readUInt8(1_030) ^ 1, 1_030);
    await upload(altered);
    expect(await codeOf(apply(altered))).to.equal("E_VOLUME_ARCHIVE");
    await upload(altered, sha256(good));
    expect(await codeOf(apply(good))).to.equal("E_UPLOAD_NOT_WHOLE");
    expect(await content()).to.deep.equal(["data", "data/old"]);
  });

  it("one archive a volume is kept, the newest, and none for longer than a day and an hour", async () => {
    const send = (digit: string) =>
      gateway.volumes.send({ volume: "data", sha256: digit.repeat(64) }, 0, new Uint8Array(10), signal);
    await send("a");
    await send("b");
    expect(readdirSync(world.uploads)).to.deep.equal([`7.data.${"b".repeat(64)}`]);
    for (let hour = 0; hour < 26; hour += 1) await world.daemon.clock.advance(60 * 60_000);
    for (let turn = 0; turn < 100 && readdirSync(world.uploads).length > 0; turn += 1) await quiet();
    expect(readdirSync(world.uploads)).to.deep.equal([]);
  });

  it("no more is taken in than a volume of that size can come to", async () => {
    world = await small(world);
    endpoint = await world.app.listen({ host: "127.0.0.1", port: 0 });
    gateway = clientOf(world.tenant);
    const named = { volume: "data", sha256: "a".repeat(64) };
    const piece = new Uint8Array(MAX_UPLOAD_PART);
    let sent = 0;
    let refusal = "done";
    while (refusal === "done" && sent < 100) {
      refusal = await codeOf(gateway.volumes.send(named, sent * MAX_UPLOAD_PART, piece, signal));
      if (refusal === "done") sent += 1;
    }
    expect(refusal).to.equal("E_UPLOAD_TOO_LARGE");
    expect(sent).to.equal(21);
  });

  it("nobody but the tenant reads or replaces a volume, and none is known that is not there", async () => {
    const stranger = clientOf(privateKeyToAccount(generatePrivateKey()));
    const named = { volume: "data", sha256: "a".repeat(64) };
    const read = bytesOf(stranger.volumes.archive("data", true, signal));
    expect(await codeOf(read)).to.equal("E_NOT_TENANT");
    expect(await codeOf(stranger.volumes.send(named, 0, new Uint8Array(1), signal))).to.equal("E_NOT_TENANT");
    expect(await codeOf(bytesOf(stranger.volumes.apply(named, true, signal) as never))).to.equal(
      "E_NOT_TENANT",
    );
    for (const volume of ["other", "..%2fdata", "DATA", "constructor"]) {
      const code = await codeOf(bytesOf(gateway.volumes.archive(volume, true, signal)));
      expect(["E_VOLUME_UNKNOWN", "E_REQUEST_MALFORMED"], volume).to.include(code);
    }
    const strange = { volume: "data", sha256: "..%2f..%2fetc" };
    expect(await codeOf(gateway.volumes.send(strange, 0, new Uint8Array(1), signal))).to.equal(
      "E_REQUEST_MALFORMED",
    );
  });

  it("a piece that is not the one that was signed is refused", async () => {
    const path = `/v1/leases/7/volumes/data/uploads/${"a".repeat(64)}?offset=0&piece=${sha256(Buffer.from("one"))}`;
    const body = { signed: { bodyHash: keccak256(new Uint8Array()) }, method: "PUT", path } as const;
    expect(await world.ask({ ...body, body: "two" })).to.include({ code: "E_REQUEST_MALFORMED" });
    expect(await world.ask({ ...body, body: "one" })).to.include({ status: 200 });
  });

  it("what belongs to a number's earlier tenant is not told to the next", async () => {
    world.daemon.market.set(lease, { offerId: 2n });
    expect(await codeOf(exported(true))).to.equal("E_LEASE_NUMBER_REUSED");
  });

  it("a manifest that would make a volume smaller is refused, with a reason", async () => {
    const halved = documentOf(WITH_VOLUME.replace("32M", "16M"), "6b");
    const grown = documentOf(WITH_VOLUME.replace("32M", "64M"), "7c");
    world.daemon.open(lease, { tenant: world.tenant.address, status: "active" }, halved, false);
    expect(await world.put(halved)).to.include({ status: 409, code: "E_VOLUME_SHRINK" });
    world.daemon.open(lease, { tenant: world.tenant.address, status: "active" }, grown, false);
    expect(await world.put(grown)).to.include({ status: 204 });
    await world.daemon.settle();
    const [workload] = await world.daemon.runtime.observe(signal);
    expect(workload?.volumes).to.deep.equal([{ name: "data", sizeMiB: 64, isWhole: true }]);
  });
});

/** The same with a volume of the smallest size. */
async function small(before: GatewayWorld): Promise<GatewayWorld> {
  await before.app.close();
  const world = new GatewayWorld();
  world.daemon.open(lease, { tenant: world.tenant.address }, documentOf(WITH_VOLUME.replace("32M", "16M")));
  await world.daemon.settle();
  return world;
}
