// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import type { ImageAccess } from "../domain/image.ts";
import { Daemon, servingDaemon } from "../test/daemon.ts";
import { documentOf, keptOf, webCompose } from "../test/manifests.ts";

const lease = 7n;
const MIB = 1024 * 1024;

const runs = (daemon: Daemon): string => daemon.runtime.container(lease, "web").spec.image;

/** The tag names another image from now on. */
function moveTag(daemon: Daemon): string {
  const moved = `docker.io/library/hello@sha256:${"f".repeat(64)}`;
  const { engine } = daemon;
  const pinOf = engine.pinOf.bind(engine);
  const before = pinOf("hello:1") ?? "";
  engine.images.add(before).add(moved);
  engine.pinOf = (image) => (image === "hello:1" ? moved : pinOf(image));
  return moved;
}

describe("the image of a lease", () => {
  it("is what its tag named when it was deployed: a moved tag, a restart or a lost container changes nothing", async () => {
    const daemon = await servingDaemon(lease);
    const pin = runs(daemon);
    expect(pin).to.match(/^docker\.io\/library\/hello@sha256:[0-9a-f]{64}$/);
    const moved = moveTag(daemon);
    await daemon.runtime.removeContainer(lease, "web", new AbortController().signal);
    daemon.restart();
    await daemon.settle();
    expect(runs(daemon)).to.equal(pin).and.not.to.equal(moved);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });

  it("is asked for anew with another manifest, though it have the same tag", async () => {
    const daemon = await servingDaemon(lease);
    const moved = moveTag(daemon);
    daemon.journal.keepManifest(lease, keptOf(documentOf(webCompose())));
    expect(daemon.journal.imagePin(lease, "hello:1")).not.to.equal(null);
    daemon.open(lease, { status: "active" }, documentOf(webCompose(), "a5"));
    expect(daemon.journal.imagePin(lease, "hello:1")).to.equal(null);
    await daemon.settle();
    expect(runs(daemon)).to.equal(moved);
  });

  it("is known by its container again where the journal was lost", async () => {
    const daemon = await servingDaemon(lease);
    const pin = runs(daemon);
    moveTag(daemon);
    daemon.journal.forgetLease(lease);
    expect(daemon.journal.imagePin(lease, "hello:1")).to.equal(null);
    daemon.open(lease, { status: "active" });
    daemon.restart();
    await daemon.settle();
    expect(daemon.journal.imagePin(lease, "hello:1")).to.equal(pin);
    await daemon.runtime.removeContainer(lease, "web", new AbortController().signal);
    await daemon.settle();
    expect(runs(daemon)).to.equal(pin);
  });

  it("that cannot be had again ends in its own error, and no other takes its place", async () => {
    const daemon = await servingDaemon(lease);
    const pin = runs(daemon);
    moveTag(daemon);
    daemon.engine.images.delete(pin);
    await daemon.runtime.removeContainer(lease, "web", new AbortController().signal);
    await daemon.settle();
    expect(await daemon.containers(lease)).to.deep.equal([]);
    expect(daemon.reconciler.view(lease)?.fault).to.include({ code: "E_IMAGE_LOST", cause: "image" });
    expect(daemon.market.told).to.deep.equal(["start 7", "pause 7"]);
  });

  it("of another holder's lease with the same number is forgotten", () => {
    const { journal } = new Daemon();
    journal.bindHolder(lease, "one");
    journal.pinImage(lease, "hello:1", "pin");
    journal.bindHolder(lease, "one");
    expect(journal.imagePin(lease, "hello:1")).to.equal("pin");
    journal.bindHolder(lease, "another");
    expect(journal.imagePin(lease, "hello:1")).to.equal(null);
  });

  it("is written down once and for ever", () => {
    const { journal } = new Daemon();
    journal.pinImage(lease, "hello:1", "one");
    journal.pinImage(lease, "hello:1", "another");
    journal.pinImage(8n, "hello:2", "one");
    expect(journal.imagePin(lease, "hello:1")).to.equal("one");
    expect(journal.imagePins()).to.deep.equal(["one"]);
    journal.forgetLease(lease);
    journal.forgetLease(8n);
    expect(journal.imagePins()).to.deep.equal([]);
  });
});

describe("a pull that is given up", () => {
  const hindered = (code: string): RetryableError =>
    new RetryableError(code, "it stalls", { atRisk: "nothing", next: "wait" });

  for (const [code, cause] of [
    ["E_IMAGE_STALLED", "image"],
    ["E_DISK_SHORT", "capacity"],
  ] as const) {
    it(`${code} gives a lease back that nobody pays for yet`, async () => {
      const daemon = new Daemon();
      daemon.open(lease);
      daemon.runtime.failNext("ensureImage", hindered(code));
      await daemon.settle();
      expect(daemon.market.told).to.deep.equal([`close 7 ${cause}`]);
    });

    it(`${code} is tried again for a lease that was begun`, async () => {
      const daemon = await servingDaemon(lease);
      await daemon.runtime.removeContainer(lease, "web", new AbortController().signal);
      daemon.runtime.failNext("ensureImage", hindered(code));
      await daemon.settle();
      expect(daemon.reconciler.view(lease)?.fault).to.equal(null);
      await daemon.clock.advance(5_000);
      await daemon.settle();
      expect(await daemon.containers(lease)).to.have.length(1);
    });
  }
});

describe("a login for a registry", () => {
  it("goes to the runtime for images of that registry alone, and is the last upload's", async () => {
    const daemon = new Daemon();
    const seen: ImageAccess["login"][] = [];
    const login = { username: "ada", password: "correct horse" };
    const resolveImage = daemon.runtime.resolveImage.bind(daemon.runtime);
    const ensureImage = daemon.runtime.ensureImage.bind(daemon.runtime);
    daemon.runtime.resolveImage = (image, access, signal) => {
      seen.push(access.login);
      return resolveImage(image, access, signal);
    };
    daemon.runtime.ensureImage = (pin, watch, signal) => {
      seen.push(watch.login);
      return ensureImage(pin, watch, signal);
    };
    const kept = keptOf(documentOf(webCompose()));
    const give = (registries: object) =>
      daemon.journal.keepManifest(lease, kept, JSON.stringify({ registries }));
    daemon.open(lease);
    give({ "registry.example": login });
    await daemon.settle();
    expect(seen).to.deep.equal([null, null]);
    give({ "docker.io": login });
    await daemon.runtime.removeContainer(lease, "web", new AbortController().signal);
    await daemon.settle();
    expect(seen).to.deep.equal([null, null, login]);
    daemon.journal.keepManifest(lease, kept);
    expect(daemon.journal.manifestSecrets(lease)).to.equal(null);
  });
});

describe("a pull that is under way", () => {
  it("is told to its tenant and to the log, not at every line, and no more once it is over", () => {
    const { pulls, log, clock } = new Daemon();
    const pull = pulls.begin(lease, "hello:1");
    expect(pulls.of(lease)).to.equal(null);
    for (let mib = 1; mib <= 50; mib += 1)
      pull.moved({ fetchedBytes: mib * MIB, totalBytes: 50 * MIB, isUnpacking: false });
    expect(pulls.of(lease)).to.equal("hello:1: 50.0 of 50.0 MiB fetched");
    expect(pulls.of(8n)).to.equal(null);
    const told = () => log.said.filter(({ message }) => message === "image is pulled").length;
    expect(told()).to.equal(1);
    clock.monotonic = () => 1e15;
    pull.moved({ fetchedBytes: 0, totalBytes: 50 * MIB, isUnpacking: true });
    expect(pulls.of(lease)).to.equal("hello:1: 50.0 MiB fetched, unpacking");
    expect(told()).to.equal(2);
    pull.end();
    expect(pulls.of(lease)).to.equal(null);
  });

  it("that fails tells the log alone what the engine said, which may be anybody's words", async () => {
    const daemon = new Daemon();
    const details = { atRisk: "nothing", next: "wait", cause: new Error("words of another machine") };
    daemon.runtime.failNext("ensureImage", new RetryableError("E_REGISTRY_UNREACHABLE", "away", details));
    daemon.open(lease);
    await daemon.pass();
    const said = daemon.log.said.filter(({ message }) => message === "engine could not pull");
    expect(said.map(({ fields }) => fields["said"])).to.deep.equal(["Error: words of another machine"]);
    expect(
      JSON.stringify(daemon.reconciler.view(lease), (_, each: unknown) =>
        typeof each === "bigint" ? "" : each,
      ),
    ).not.to.contain("words of");
  });
});
