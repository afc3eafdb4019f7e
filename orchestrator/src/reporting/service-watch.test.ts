// SPDX-License-Identifier: Apache-2.0
import { RetryableError, UserError } from "@berth/sdk";
import { expect } from "chai";
import { tenant } from "../test/builders.ts";
import { quiet } from "../test/manual-clock.ts";
import { SAMPLE, WatchedDaemon } from "../test/watched-daemon.ts";

const never = new AbortController().signal;
const lease = 7n;
const other = 8n;

function away(): RetryableError {
  return new RetryableError("E_RUNTIME_UNREACHABLE", "away", { atRisk: "nothing", next: "wait" });
}

class World extends WatchedDaemon {
  /** Serves these leases, and has been seen to. */
  static async serving(...leases: readonly bigint[]): Promise<World> {
    const world = new World();
    for (const each of leases) world.open(each);
    await world.settle();
    await world.watch.settle(never);
    world.market.told.splice(0);
    return world;
  }

  /** Lets time pass, and looks at a silent engine. */
  async silence(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    this.runtime.failNext("observe", away());
    await this.watch.settle(never);
  }

  async after(milliseconds: number): Promise<readonly string[]> {
    await this.clock.advance(milliseconds);
    await this.watch.settle(never);
    return this.market.told;
  }

  crash(leaseId: bigint): void {
    this.engine.end(this.runtime.container(leaseId, "web"), 1, false);
  }
}

describe("what is known to run", () => {
  it("is paid for, however long ago the last look was", async () => {
    const world = await World.serving(lease);
    expect(await world.after(3_600_000)).to.deep.equal([]);
  });
});

describe("a change of what runs", () => {
  it("is told once, so that nobody else need look as often", async () => {
    const world = await World.serving(lease, other);
    const before = world.noticed;
    await world.after(SAMPLE);
    expect(world.noticed).to.equal(before);
    world.crash(lease);
    await world.after(1);
    await world.after(1);
    expect(world.noticed).to.equal(before + 1);
    await world.silence(1);
    await world.after(1);
    expect(world.noticed).to.equal(before + 1);
  });
});

describe("what is known to be down", () => {
  it("is paused once it has been for a sample interval since it was last seen to run, and not before", async () => {
    const world = await World.serving(lease);
    world.crash(lease);
    expect(await world.after(SAMPLE - 1)).to.deep.equal([]);
    expect(await world.after(1)).to.deep.equal(["pause 7"]);
    expect(await world.after(SAMPLE)).to.deep.equal(["pause 7"]);
  });

  it("is resumed by the reconciler once all of it runs again", async () => {
    const world = await World.serving(lease);
    world.engine.restart();
    expect(await world.after(SAMPLE)).to.deep.equal(["pause 7"]);
    await world.settle();
    expect(world.market.told).to.deep.equal(["pause 7", "resume 7"]);
    expect(await world.after(SAMPLE)).to.deep.equal(["pause 7", "resume 7"]);
  });

  it("is paused at once by a daemon that has just started: nobody knows since when", async () => {
    const world = await World.serving(lease, other);
    world.crash(other);
    await world.newWatch().settle(never);
    expect(world.market.told).to.deep.equal(["pause 8"]);
  });

  it("is not judged before the reconciler has looked, and nothing is reported on it", async () => {
    const world = await World.serving(lease);
    world.restart();
    const watch = world.newWatch();
    const failure = await watch.settle(never).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(RetryableError).with.property("code", "E_LEASES_UNJUDGED");
    expect(world.market.told).to.deep.equal([]);
    await world.pass();
    await watch.settle(never);
    expect(world.market.told).to.deep.equal([]);
  });

  it("is paused where the lapse hides its status, once, before the report that cures it", async () => {
    const world = await World.serving(lease);
    world.crash(lease);
    world.market.set(lease, { status: "lapsed" });
    world.market.pauseLease = async (leaseId) => {
      world.market.told.push(`pause ${leaseId}`);
    };
    const watch = world.newWatch();
    await watch.settle(never);
    await watch.settle(never);
    expect(world.market.told).to.deep.equal(["pause 7"]);
  });

  it("is left alone where nothing is billed, or another provider serves it", async () => {
    for (const status of ["pending", "paused", "depleted", "closed", "none"] as const) {
      const world = await World.serving(lease);
      world.crash(lease);
      world.market.set(lease, { status });
      expect(await world.after(SAMPLE), status).to.deep.equal([]);
    }
    const world = await World.serving(lease);
    world.crash(lease);
    world.market.set(lease, { provider: tenant });
    expect(await world.after(SAMPLE)).to.deep.equal([]);
  });

  it("is paused the dearest first", async () => {
    const world = await World.serving(lease, other);
    world.crash(lease);
    world.crash(other);
    world.market.set(other, { milliRatePerSecond: 2_000n });
    expect(await world.after(SAMPLE)).to.deep.equal(["pause 8", "pause 7"]);
  });

  it("may be found not to be billed by the contract itself, and that is well", async () => {
    const world = await World.serving(lease);
    world.crash(lease);
    const details = { atRisk: "nothing", next: "nothing" };
    world.market.nextFailure = new UserError("E_LEASE_STATUS_UNEXPECTED", "it is depleted", details);
    expect(await world.after(SAMPLE)).to.deep.equal(["pause 7"]);
  });

  it("keeps the report back while it cannot be paused", async () => {
    const world = await World.serving(lease);
    world.crash(lease);
    await world.clock.advance(SAMPLE);
    world.market.isDark = true;
    const failure = await world.watch.settle(never).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(RetryableError).with.property("code", "E_RPC_UNREACHABLE");
    world.market.isDark = false;
    expect(await world.after(0)).to.deep.equal(["pause 7"]);
  });
});

describe("a machine whose clock is set by an hour", () => {
  for (const step of [-3_600_000, 3_600_000]) {
    it(`pauses what is down after a sample interval, no sooner and no later (${step} ms)`, async () => {
      const world = await World.serving(lease);
      world.crash(lease);
      world.clock.step(step);
      expect(await world.after(SAMPLE - 1)).to.deep.equal([]);
      expect(await world.after(1)).to.deep.equal(["pause 7"]);
    });

    it(`pauses nothing that runs, and asks an engine again that was silent before (${step} ms)`, async () => {
      const world = await World.serving(lease);
      await world.silence(1_000);
      world.clock.step(step);
      expect(await world.after(1_000)).to.deep.equal([]);
      world.crash(lease);
      expect(await world.after(SAMPLE)).to.deep.equal(["pause 7"]);
    });
  }
});

describe("what nobody can tell, because the engine does not answer", () => {
  it("is paused after a sample interval, touches no container, and is resumed when it is seen to run", async () => {
    const world = await World.serving(lease);
    world.changes();
    await world.silence(SAMPLE - 1);
    expect(world.market.told).to.deep.equal([]);
    await world.silence(1);
    expect(world.market.told).to.deep.equal(["pause 7"]);
    await world.settle();
    expect(world.market.told).to.deep.equal(["pause 7", "resume 7"]);
    expect(world.changes()).to.deep.equal([]);
  });

  it("is paid for where the machine itself shows that it runs on", async () => {
    const world = await World.serving(lease);
    world.runtime.showsProcesses = true;
    for (let silence = 0; silence < 5; silence += 1) await world.silence(SAMPLE);
    expect(world.market.told).to.deep.equal([]);
  });

  it("is paused a sample interval after the machine last showed it, where it ends meanwhile", async () => {
    const world = await World.serving(lease, other);
    world.runtime.showsProcesses = true;
    await world.silence(SAMPLE);
    world.crash(lease);
    await world.silence(SAMPLE - 1);
    expect(world.market.told).to.deep.equal([]);
    await world.silence(1);
    expect(world.market.told).to.deep.equal(["pause 7"]);
  });

  it("is paused at once by a daemon that has just started", async () => {
    const world = await World.serving(lease);
    world.runtime.showsProcesses = true;
    const watch = world.newWatch();
    world.runtime.failNext("observe", away());
    await watch.settle(never);
    expect(world.market.told).to.deep.equal(["pause 7"]);
  });
});

describe("the watch", () => {
  it("looks twice in a sample interval, and at its very end where something is in doubt", async () => {
    const world = await World.serving(lease);
    const stop = new AbortController();
    const run = world.watch.run(stop.signal);
    await quiet();
    await world.clock.advance(4_000);
    world.crash(lease);
    await world.clock.advance(1_000);
    await world.clock.advance(4_999);
    expect(world.market.told).to.deep.equal([]);
    await world.clock.advance(1);
    expect(world.market.told).to.deep.equal(["pause 7"]);
    stop.abort();
    await run;
  });

  it("waits for a hanging engine once, and not beyond the end of the sample interval", async () => {
    const world = await World.serving(lease);
    const stop = new AbortController();
    const run = world.watch.run(stop.signal);
    await quiet();
    let asked = 0;
    world.runtime.observe = async () => {
      asked += 1;
      await world.clock.sleep(5_000, never);
      throw away();
    };
    await world.clock.advance(4_000);
    const early = world.watch.settle(never);
    await world.clock.advance(1_000);
    await world.clock.advance(4_000);
    await early;
    expect(world.market.told).to.deep.equal([]);
    await world.clock.advance(1_000);
    expect(world.market.told).to.deep.equal(["pause 7"]);
    expect(asked).to.equal(2);
    stop.abort();
    await run;
  });

  it("asks once more where the engine failed at once: one bad answer pauses nothing", async () => {
    const world = await World.serving(lease);
    const stop = new AbortController();
    const run = world.watch.run(stop.signal);
    await quiet();
    world.runtime.failNext("observe", away());
    await world.clock.advance(5_000);
    await world.clock.advance(5_000);
    expect(world.market.told).to.deep.equal([]);
    stop.abort();
    await run;
  });

  it("goes on after a failure, says what it was, and ends with its signal", async () => {
    const world = await World.serving(lease);
    const stop = new AbortController();
    world.crash(lease);
    await world.clock.advance(SAMPLE);
    world.market.isDark = true;
    const run = world.watch.run(stop.signal);
    await quiet();
    expect(world.market.told).to.deep.equal([]);
    expect(world.log.said.at(-1)?.fields).to.include({ code: "E_RPC_UNREACHABLE" });
    world.market.isDark = false;
    await world.clock.advance(5_000);
    expect(world.market.told).to.deep.equal(["pause 7"]);
    stop.abort();
    await run;
  });

  it("looks again before a pause where the one before took long, and spares what runs by then", async () => {
    const world = await World.serving(lease, other);
    world.crash(lease);
    world.crash(other);
    world.market.set(lease, { milliRatePerSecond: 2_000n });
    await world.clock.advance(SAMPLE);
    const pause = world.market.pauseLease.bind(world.market);
    world.market.pauseLease = async (leaseId, signal) => {
      await pause(leaseId, signal);
      world.engine.start(world.runtime.container(other, "web"));
      await world.clock.advance(5_000);
    };
    await world.watch.settle(never);
    expect(world.market.told).to.deep.equal(["pause 7"]);
  });
});
