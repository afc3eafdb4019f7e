// SPDX-License-Identifier: Apache-2.0
import { provenTiers } from "@berth/sdk";
import { expect } from "chai";
import type { FakeDockerEngine } from "../../../../../test/fake-engine/fake-engine.ts";
import { expectError, patient } from "../../contract-fixtures.ts";
import { startFakeEngine } from "../fake-engine-fixtures.ts";
import { createDockerHostProbe } from "./docker-host-probe.ts";

describe("the probe on an engine that the test rules", function () {
  this.timeout(60_000);
  let fake: FakeDockerEngine;
  beforeEach(async () => {
    fake = await startFakeEngine();
  });
  afterEach(() => fake.close());
  const probe = () => createDockerHostProbe({ socketPath: fake.socketPath, subnetPool: "10.200.0.0/24" });

  it("proves what a program saw, disproves what the engine refuses, and counts the networks of the pool", async () => {
    const measured = await probe().measure(patient());
    expect(provenTiers(measured)).to.deep.equal(["runc"]);
    expect(measured.gvisor.how).to.equal("runsc is not known to the engine");
    expect(measured.overlayQuota.how).to.match(/xfs with 'pquota'/);
    expect(measured).to.deep.include({ networks: 8 });
    expect(measured.engine).to.deep.equal({
      ...{ version: "20.10.24", runcVersion: null, cgroupVersion: null, liveRestore: false },
    });
    expect(fake.truth.running()).to.deep.equal([]);
  });

  it("is no fact at all while the engine is away", async () => {
    await fake.darken();
    await expectError(probe().measure(patient()), "E_RUNTIME_UNREACHABLE", "retryable");
  });

  it("is no fact where the engine goes away in the middle", async () => {
    fake.faults = ({ endpoint }) => {
      if (endpoint !== "POST /containers/{id}/start") return null;
      void fake.darken();
      return { kind: "drop" };
    };
    await expectError(probe().measure(patient()), "E_RUNTIME_UNREACHABLE", "retryable");
  });

  it("is no fact where nobody knows what became of the program: what was not heard is not disproved", async () => {
    fake.faults = ({ endpoint }) =>
      endpoint === "GET /containers/{id}/json" ? { kind: "garble", change: () => "{}" } : null;
    await expectError(probe().measure(patient()), "E_PROBE_FAILED", "retryable");
    expect(fake.truth.running()).to.deep.equal([]);
  });

  it("disproves every tier where no program can be run, and says what the engine said", async () => {
    fake.faults = ({ endpoint }) =>
      endpoint === "POST /containers/{id}/start"
        ? { kind: "refuse", status: 500, message: "no seccomp here" }
        : null;
    const measured = await probe().measure(patient());
    expect(provenTiers(measured)).to.deep.equal([]);
    expect(measured.seccomp.how).to.match(/no seccomp here/);
  });
});
