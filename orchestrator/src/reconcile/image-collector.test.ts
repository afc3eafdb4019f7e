// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { servingDaemon } from "../test/daemon.ts";
import { collectForEver, collectOnce } from "./image-collector.ts";

const never = new AbortController().signal;

describe("images that nobody needs", () => {
  it("go from 85 % on, until the disk is at 80 %, the longest unneeded first, and never what a lease needs", async () => {
    const daemon = await servingDaemon(7n);
    const { engine, runtime, journal, clock, log } = daemon;
    const needed = journal.imagePins();
    expect(needed).to.have.length(1);
    await runtime.removeContainer(7n, "web", never);
    for (let each = 0; each < 9; each += 1) engine.pulled.add(`old-${each}`);
    const collect = () => collectOnce({ runtime, journal, clock, log }, never);
    engine.disk = { totalBytes: 100, freeBytes: 16 };
    expect(await collect()).to.deep.equal([]);
    engine.disk = { totalBytes: 100, freeBytes: 15 };
    expect(await collect()).to.deep.equal(["old-0", "old-1", "old-2", "old-3", "old-4"]);
    expect(engine.disk.freeBytes).to.equal(20);
    engine.disk = { totalBytes: 100, freeBytes: 0 };
    expect(await collect()).to.have.length(4);
    expect([...engine.pulled]).to.deep.equal(needed);
  });

  it("are looked for every minute, whatever went wrong before", async () => {
    const daemon = await servingDaemon(7n);
    const { engine, runtime, journal, clock, log } = daemon;
    engine.disk = { totalBytes: 100, freeBytes: 1 };
    engine.pulled.add("old");
    runtime.failNext("disk", new Error("no engine"));
    const stop = new AbortController();
    const running = collectForEver({ runtime, journal, clock, log }, stop.signal);
    await clock.advance(1_000);
    expect(engine.pulled.has("old")).to.equal(true);
    await clock.advance(60_000);
    expect(engine.pulled.has("old")).to.equal(false);
    stop.abort();
    await clock.advance(60_000);
    await running;
    expect(log.said.map(({ message }) => message)).to.include.members([
      "images could not be looked through",
      "the disk is full: images were removed",
    ]);
  });
});
