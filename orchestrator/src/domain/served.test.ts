// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { container, hashOf, leaseId, observed, run, service, workload } from "../test/builders.ts";
import type { Desired } from "./desired.ts";
import type { ContainerState } from "./observed.ts";
import { isServed } from "./served.ts";

const web = service("web");
const job = service("job", { restart: { on: "never" } });
const desired = run(workload([web, job]));
const running = container("web");

describe("a lease is served", () => {
  it("while each of its services runs", () => {
    expect(isServed(desired, observed([running, container("job")]))).to.equal(true);
  });

  it("while the rest has finished for good", () => {
    expect(isServed(desired, observed([running, container("job", { state: "exited" })]))).to.equal(true);
  });

  it("by what still runs of its earlier manifest", () => {
    const older = container("old", { manifestHash: hashOf("b") });
    expect(isServed(desired, observed([older]))).to.equal(true);
    expect(isServed(desired, observed([{ ...older, state: "exited" }]))).to.equal(false);
  });

  it("by anything that runs where nobody can tell what should", () => {
    const unknown: readonly Desired[] = [
      { kind: "awaitManifest", leaseId, status: "active", startLate: false, mayClose: true },
      { kind: "leave", leaseId, why: "the chain does not tell" },
    ];
    for (const each of unknown) {
      expect(isServed(each, observed([running, container("job", { state: "exited" })]))).to.equal(true);
      expect(isServed(each, observed([{ ...running, state: "exited" }]))).to.equal(false);
      expect(isServed(each, observed([]))).to.equal(false);
    }
  });
});

describe("a lease is not served", () => {
  for (const state of ["created", "frozen", "exited"] satisfies ContainerState[]) {
    it(`while one of its services is ${state}`, () => {
      expect(isServed(desired, observed([container("web", { state }), container("job")]))).to.equal(false);
    });
  }

  it("while one of its services is not there, or none of them", () => {
    expect(isServed(desired, observed([running]))).to.equal(false);
    expect(isServed(desired, observed([]))).to.equal(false);
  });

  it("by a job that the engine took down with itself", () => {
    const lost = container("job", { state: "exited", exitCode: 137, lostWithEngine: true });
    expect(isServed(desired, observed([running, lost]))).to.equal(false);
  });
});
