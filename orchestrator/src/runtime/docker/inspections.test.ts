// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { FakeDockerEngine } from "../../../../test/fake-engine/fake-engine.ts";
import { HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { containerName } from "../../domain/names.ts";
import { ManualClock } from "../../test/manual-clock.ts";
import { patient, run, see, service } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { newIdentity } from "./docker-fixtures.ts";
import type { DockerRuntime } from "./docker-runtime.ts";
import { runtimeOn, startFakeEngine } from "./fake-engine-fixtures.ts";

const MINUTE = 60_000;

describe("inspections of an engine's containers", () => {
  const identity = newIdentity();
  const name = containerName(identity, 1n, "web");
  let clock: ManualClock;
  let fake: FakeDockerEngine;
  let runtime: DockerRuntime;

  /** Inspections that one look costs. */
  const inspections = async (): Promise<number> => {
    const before = asked();
    await runtime.observe(patient());
    return asked() - before;
  };
  const asked = (): number => fake.truth.calls().get("GET /containers/{id}/json") ?? 0;

  beforeEach(async () => {
    clock = new ManualClock();
    fake = await startFakeEngine({ clock });
    runtime = runtimeOn(connectEngine({ socketPath: fake.socketPath }), identity, () => clock.now());
    await run(runtime, 1n, service(HELLO_IMAGE));
    await run(runtime, 2n, service(HELLO_IMAGE));
  });
  afterEach(() => fake.close());

  it("a container that has just started is inspected until the engine says that it has run for longer than an inspection is old", async () => {
    const costs: number[] = [];
    for (let look = 0; look < 70; look += 1, await clock.advance(999)) costs.push(await inspections());
    expect(costs.slice(0, 2)).to.deep.equal([2, 2]);
    expect(costs.reduce((sum, cost) => sum + cost)).to.be.within(6, 8);
  });

  for (const age of [
    MINUTE,
    2 * MINUTE,
    61 * MINUTE,
    5 * 60 * MINUTE,
    72 * 60 * MINUTE,
    30 * 24 * 60 * MINUTE,
  ])
    it(`one that has run for ${age / MINUTE} minutes is inspected every five at the latest, and seen as it is all the same`, async () => {
      await clock.advance(age);
      expect(await inspections()).to.equal(2);
      const inspected = await runtime.observe(patient());
      await clock.advance(2.5 * MINUTE - 1);
      expect(await inspections()).to.equal(0);
      expect(await runtime.observe(patient())).to.deep.equal(inspected);
      await clock.advance(2.5 * MINUTE + 1);
      expect(await inspections()).to.equal(2);
    });

  it("no two of them are due at the same moment", async () => {
    await clock.advance(MINUTE);
    await runtime.observe(patient());
    await clock.advance(2.5 * MINUTE);
    const due: number[] = [];
    for (let look = 0; look < 150; look += 1, await clock.advance(1_000)) due.push(await inspections());
    expect(due.filter((count) => count > 0)).to.deep.equal([1, 1]);
  });

  it("a sample of containers that were just inspected costs no inspection", async () => {
    await clock.advance(MINUTE);
    const container = await see(runtime, 1n, "web");
    const before = asked();
    const [outcome] = await runtime.sample([container], patient());
    expect(outcome).to.have.property("status", "fulfilled");
    expect(asked()).to.equal(before);
  });

  const changes: Readonly<Record<string, () => Promise<void> | void>> = {
    ends: () => fake.exit(name, 3),
    "is frozen": () => runtime.freezeContainer(1n, "web", patient()),
    "becomes unhealthy": () => fake.setHealth(name, "unhealthy"),
    "ends and is started again": async () => {
      fake.exit(name, 3);
      await runtime.startContainer(1n, "web", patient());
    },
    "is removed": () => runtime.removeContainer(1n, "web", patient()),
  };
  for (const [what, change] of Object.entries(changes)) {
    for (const later of [
      0,
      1,
      999,
      1_000,
      2_001,
      MINUTE / 2,
      MINUTE - 1,
      MINUTE,
      2 * MINUTE,
      4 * MINUTE,
      6 * MINUTE,
    ]) {
      for (const age of [5_000, 10 * MINUTE])
        it(`one that ${what} after ${age} ms is seen as it is ${later} ms later, though it was inspected just before`, async () => {
          await clock.advance(age);
          await runtime.observe(patient());
          await change();
          await clock.advance(later);
          const fresh = runtimeOn(connectEngine({ socketPath: fake.socketPath }), identity, () =>
            clock.now(),
          );
          expect(await runtime.observe(patient())).to.deep.equal(await fresh.observe(patient()));
        });
    }
  }

  it("health that comes back is seen each time", async () => {
    await clock.advance(10 * MINUTE);
    for (const health of ["starting", "healthy", "unhealthy", "healthy"] as const) {
      fake.setHealth(name, health);
      expect((await see(runtime, 1n, "web")).health).to.equal(health);
      expect((await see(runtime, 1n, "web")).health).to.equal(health);
    }
  });

  it("an engine whose words for a state are others is asked for each container", async () => {
    await clock.advance(10 * MINUTE);
    await runtime.observe(patient());
    fake.faults = ({ endpoint }) =>
      endpoint === "GET /containers/json"
        ? { kind: "garble", change: (body) => body.replaceAll("Up 10 minutes", "Up 10 minutes ago") }
        : null;
    expect(await inspections()).to.equal(2);
  });
});
