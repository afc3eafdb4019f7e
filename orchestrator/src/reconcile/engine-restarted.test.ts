// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { Daemon, servingDaemon } from "../test/daemon.ts";
import { documentOf, webCompose } from "../test/manifests.ts";

const lease = 7n;

describe("reconciler, after the engine was restarted", () => {
  it("starts again at once what the engine took down, and resumes the lease", async () => {
    const daemon = await servingDaemon(lease);
    daemon.engine.restart();
    daemon.market.set(lease, { status: "paused" });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["startContainer"]);
    expect(daemon.market.told).to.deep.equal(["start 7", "resume 7"]);
    expect(daemon.journal.exits(lease)).to.deep.equal([]);
  });

  it("takes no job for finished that the engine took down: its lease and its data stay", async () => {
    const daemon = new Daemon();
    daemon.open(lease, {}, documentOf(webCompose().replace("restart: always", 'restart: "no"')));
    await daemon.settle();
    daemon.engine.restart();
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
  });
});
