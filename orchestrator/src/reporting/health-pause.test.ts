// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { ObservedContainer } from "../domain/observed.ts";
import { documentOf } from "../test/manifests.ts";
import { SAMPLE, WatchedDaemon } from "../test/watched-daemon.ts";

const never = new AbortController().signal;
const lease = 7n;
const SECOND = 1_000;
const GRACE = 60 * SECOND;
const LOOK = SAMPLE / 2;

const COMPOSE = `name: checked
services:
  web:
    image: hello:1
    restart: always
    healthcheck: { test: ["CMD", "true"], interval: 5s }
  aside:
    image: hello:1
    restart: always
`;

const DEPENDENT = `name: dependent
services:
  db:
    image: hello:1
    restart: always
    healthcheck: { test: ["CMD", "true"], interval: 5s }
  web:
    image: hello:1
    restart: always
    depends_on: { db: { condition: service_healthy } }
`;

/** A daemon and its watch, both of which look every five seconds. */
class World extends WatchedDaemon {
  static async serving(compose = COMPOSE): Promise<World> {
    const world = new World();
    world.open(lease, {}, documentOf(compose));
    await world.pass();
    return world;
  }

  setHealth(service: string, health: ObservedContainer["health"]): void {
    this.runtime.container(lease, service).health = health;
  }

  async live(milliseconds: number): Promise<readonly string[]> {
    for (let lived = 0; lived < milliseconds; lived += LOOK) {
      await this.clock.advance(LOOK);
      await this.pass();
      await this.watch.settle(never);
    }
    return this.market.told.splice(0);
  }
}

describe("a workload whose health check fails", () => {
  it("is paused once it has failed for the grace, resumed when it is well, and the tenant is told why", async () => {
    const world = await World.serving();
    world.setHealth("web", "healthy");
    expect(await world.live(2 * LOOK)).to.deep.equal(["start 7"]);
    world.setHealth("web", "unhealthy");
    expect(await world.live(GRACE - LOOK)).to.deep.equal([]);
    expect(await world.live(5 * LOOK)).to.deep.equal(["pause 7"]);
    const { isUnhealthy, exit } = world.reconciler.view(lease) ?? {};
    expect(isUnhealthy).to.equal(true);
    expect(exit?.code).to.equal("E_SERVICE_UNHEALTHY");
    expect(exit?.message).to.include("web");
    expect(await world.live(4 * GRACE)).to.deep.equal([]);
    world.setHealth("web", "healthy");
    expect(await world.live(2 * LOOK)).to.deep.equal(["resume 7"]);
    expect(world.reconciler.view(lease)?.exit).to.equal(null);
  });

  it("goes on running all the while, and so does what is beside it", async () => {
    const world = await World.serving();
    await world.live(2 * LOOK);
    world.changes();
    world.setHealth("web", "unhealthy");
    await world.live(10 * GRACE);
    const changes = world.changes().filter((change) => change.endsWith("Container"));
    expect(changes).to.deep.equal([]);
  });

  it("is paid while its check has not spoken, and while it fails for less than the grace", async () => {
    const world = await World.serving();
    world.setHealth("web", "starting");
    expect(await world.live(2 * GRACE)).to.deep.equal(["start 7"]);
    world.setHealth("web", "unhealthy");
    expect(await world.live(GRACE / 2)).to.deep.equal([]);
    world.setHealth("web", "healthy");
    expect(await world.live(2 * GRACE)).to.deep.equal([]);
  });

  it("stays paused over a new daemon, which resumes it when it is well", async () => {
    const world = await World.serving();
    await world.live(2 * LOOK);
    world.setHealth("web", "unhealthy");
    expect((await world.live(2 * GRACE)).filter((act) => act !== "start 7")).to.deep.equal(["pause 7"]);
    world.restart();
    expect(await world.live(2 * GRACE)).to.deep.equal([]);
    world.setHealth("web", "healthy");
    expect(await world.live(2 * LOOK)).to.deep.equal(["resume 7"]);
  });

  it("rests after a quarter of an hour, over a new daemon too, and runs again with another manifest", async () => {
    const world = await World.serving();
    await world.live(2 * LOOK);
    world.setHealth("web", "unhealthy");
    expect((await world.live(15 * GRACE - LOOK)).filter((act) => act !== "start 7")).to.deep.equal([
      "pause 7",
    ]);
    const states = async () => (await world.containers(lease)).map(({ state }) => state);
    expect(await states()).to.deep.equal(["running", "running"]);
    await world.live(3 * LOOK);
    expect(await states()).to.deep.equal(["exited", "exited"]);
    world.restart();
    expect(await world.live(120 * GRACE)).to.deep.equal([]);
    expect(await states()).to.deep.equal(["exited", "exited"]);
    expect(world.reconciler.view(lease)?.fault?.code).to.equal("E_SERVICE_GIVEN_UP");
    world.open(lease, { status: "paused" }, documentOf(COMPOSE, "5b"));
    expect(await world.live(4 * LOOK)).to.deep.equal(["resume 7"]);
    expect(await states()).to.deep.equal(["running", "running"]);
  });

  it("makes few transactions of flapping", async () => {
    const world = await World.serving();
    await world.live(2 * LOOK);
    const acts: string[] = [];
    for (let round = 0; round < 24; round += 1) {
      world.setHealth("web", "unhealthy");
      acts.push(...(await world.live(1.5 * GRACE)));
      world.setHealth("web", "healthy");
      acts.push(...(await world.live(GRACE)));
    }
    expect(acts.filter((act) => act === "pause 7")).to.have.length.within(2, 6);
  });
});

describe("a service that waits for another one's health", () => {
  it("is started once that is well, and its lease not before", async () => {
    const world = await World.serving(DEPENDENT);
    world.setHealth("db", "starting");
    expect(await world.live(2 * GRACE)).to.deep.equal([]);
    expect(world.runtime.container(lease, "web").state).to.equal("created");
    world.setHealth("db", "healthy");
    expect(await world.live(2 * LOOK)).to.deep.equal(["start 7"]);
    expect(world.runtime.container(lease, "web").state).to.equal("running");
  });

  it("sends its lease back to the tenant where that never is, with both their names", async () => {
    const world = await World.serving(DEPENDENT);
    world.setHealth("db", "unhealthy");
    expect(await world.live(GRACE - LOOK)).to.deep.equal([]);
    expect(await world.live(3 * LOOK)).to.deep.equal(["close 7 manifest"]);
  });

  it("waits again after the engine took all down, unpaid, and is not started before", async () => {
    const world = await World.serving(DEPENDENT);
    world.setHealth("db", "healthy");
    await world.live(2 * LOOK);
    world.engine.restart();
    expect(await world.live(3 * LOOK)).to.deep.equal(["pause 7"]);
    expect(world.runtime.container(lease, "db").state).to.equal("running");
    expect(world.runtime.container(lease, "web").state).to.equal("exited");
    world.setHealth("db", "healthy");
    expect(await world.live(2 * LOOK)).to.deep.equal(["resume 7"]);
  });

  it("is started anew by itself when it crashes: the other one is not touched", async () => {
    const world = await World.serving(DEPENDENT);
    world.setHealth("db", "healthy");
    await world.live(2 * LOOK);
    const { startedAt } = world.runtime.container(lease, "db");
    world.engine.end(world.runtime.container(lease, "web"), 1, false);
    await world.live(2 * LOOK);
    expect(world.runtime.container(lease, "web").state).to.equal("running");
    expect(world.runtime.container(lease, "db").startedAt).to.equal(startedAt);
  });
});
