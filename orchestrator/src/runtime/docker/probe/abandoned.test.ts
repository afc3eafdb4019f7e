// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { FakeDockerEngine } from "../../../../../test/fake-engine/fake-engine.ts";
import { HELLO_IMAGE } from "../../../../../scripts/images/build-hello.ts";
import { patient } from "../../contract-fixtures.ts";
import { connectEngine } from "../client.ts";
import { startFakeEngine } from "../fake-engine-fixtures.ts";
import { createDockerHostProbe } from "./docker-host-probe.ts";

const MINUTE = 60_000;

describe("what a probe left that was killed", () => {
  let fake: FakeDockerEngine;
  const now = Date.now;

  beforeEach(async () => {
    fake = await startFakeEngine();
  });
  afterEach(async () => {
    Date.now = now;
    await fake.close();
  });

  const docker = () => connectEngine({ socketPath: fake.socketPath }).docker;
  const measure = () =>
    createDockerHostProbe({ socketPath: fake.socketPath, subnetPool: "10.200.0.0/24" }).measure(patient());
  const networks = async (): Promise<readonly string[]> =>
    (await docker().listNetworks()).map(({ Name }) => Name).filter((name) => name.includes("probe"));
  const containers = async (): Promise<readonly string[]> =>
    (await docker().listContainers({ all: true })).flatMap(({ Names }) => Names);

  /** Of daemons of two markets. */
  async function leave(): Promise<void> {
    for (const [index, market] of ["one", "two"].entries()) {
      const name = `berth-1-${market}-probe`;
      await docker().createNetwork({
        ...{ Name: name, Driver: "bridge", Labels: { "berth.probe": name } },
        IPAM: { Driver: "default", Config: [{ Subnet: `10.200.1.${index * 32}/27` }] },
      });
    }
    const labels = { Labels: { "berth.probe": "1" }, Image: HELLO_IMAGE };
    await docker().createContainer({ name: "berth-probe-left", ...labels });
  }

  it("goes when a daemon starts and measures its machine, whoever's it was", async () => {
    await leave();
    Date.now = () => now() + 4 * MINUTE;
    await measure();
    expect([await networks(), await containers()]).to.deep.equal([[], []]);
  });

  it("stays while a probe may be under way", async () => {
    await leave();
    await measure();
    expect(await networks()).to.deep.equal(["berth-1-one-probe", "berth-1-two-probe"]);
    expect(await containers()).to.deep.equal(["/berth-probe-left"]);
  });
});
