// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Desired, LeaseFault } from "../domain/desired.ts";
import type { Step } from "../domain/step.ts";
import {
  container,
  hashOf,
  leaseId,
  observed,
  run,
  seenVolume,
  service,
  workload,
} from "../test/builders.ts";
import { planLease } from "./plan.ts";

const wanted = (name: string, sizeMiB = 64) => ({ name, sizeMiB });
const web = service("web");
const job = service("job", { restart: { on: "never" } });
const fault: LeaseFault = {
  leaseId,
  manifestHash: hashOf("a"),
  code: "E_IMAGE_NOT_FOUND",
  message: "there is no such image",
  cause: "image",
};

/** A step as one word and what it is about. */
function inWords(step: Step): string {
  if ("image" in step) return `${step.action} ${step.image}`;
  if ("volume" in step) return `${step.action} ${step.volume}`;
  if ("cause" in step) return `${step.action} ${step.cause}`;
  if ("exitCode" in step) return `${step.action} ${step.exitCode}`;
  if (!("service" in step)) return step.action;
  return `${step.action} ${typeof step.service === "string" ? step.service : step.service.name}`;
}

function expectSteps(steps: readonly Step[], expected: readonly string[]): void {
  expect(steps.map(inWords)).to.deep.equal(expected);
  for (const step of steps) expect(step.leaseId).to.equal(leaseId);
}

describe("plan of a lease that should run", () => {
  it("fetches the image, then makes network, volumes and containers, then starts in manifest order", () => {
    const spec = workload([service("db"), service("web")], { volumes: [wanted("data"), wanted("logs")] });
    expectSteps(planLease(run(spec, "pending"), null, null), [
      "ensureImage db:1",
      "ensureImage web:1",
      "createVolume data",
      "createVolume logs",
      "createNetwork",
      "createContainer db",
      "createContainer web",
      "startContainer db",
      "startContainer web",
    ]);
  });

  it("fetches an image that several services share once", () => {
    const spec = workload([service("a", { image: "x:1" }), service("b", { image: "x:1" })]);
    const images = planLease(run(spec), null, null).filter(({ action }) => action === "ensureImage");
    expectSteps(images, ["ensureImage x:1"]);
  });

  it("creates a container with the hash of its manifest and the whole service", () => {
    const steps = planLease(run(workload([web])), observed([]), null);
    expect(steps.find(({ action }) => action === "createContainer")).to.deep.equal({
      action: "createContainer",
      leaseId,
      manifestHash: hashOf("a"),
      tier: "runc",
      service: web,
    });
  });

  it("makes only what is missing", () => {
    const spec = workload([service("db"), service("web")], { volumes: [wanted("data"), wanted("logs")] });
    const found = observed([container("db")], { volumes: [seenVolume("data")] });
    expectSteps(planLease(run(spec), found, null), [
      "ensureImage web:1",
      "createVolume logs",
      "createContainer web",
      "startContainer web",
    ]);
  });

  it("takes up a volume of another size, and one of which only a part is there, while what ran before still serves", () => {
    const names = ["grown", "halved", "partial", "same", "unbounded"];
    const spec = workload([web], { volumes: names.map((name) => wanted(name)) });
    const stale = container("web", { manifestHash: hashOf("b") });
    const found = observed([stale], {
      volumes: [
        seenVolume("grown", { sizeMiB: 32 }),
        seenVolume("halved", { sizeMiB: 128 }),
        seenVolume("partial", { isWhole: false }),
        seenVolume("same"),
        seenVolume("unbounded", { sizeMiB: null }),
      ],
    });
    const steps = planLease(run(spec), found, null);
    expectSteps(steps, [
      "ensureImage web:1",
      "createVolume grown",
      "createVolume halved",
      "createVolume partial",
      "stopContainer web",
      "removeContainer web",
      "createContainer web",
      "startContainer web",
    ]);
    expect(steps[1]).to.deep.include({ sizeMiB: 64 });
  });

  it("removes of a lease that is over also what is there of a volume in part", () => {
    const found = observed([], { hasNetwork: false, volumes: [seenVolume("data", { isWhole: false })] });
    expectSteps(planLease({ kind: "remove", leaseId }, found, null), ["removeVolume data"]);
  });

  it("starts what was created and thaws what was frozen, and fetches no image for it", () => {
    const spec = workload([service("db"), service("web")]);
    const found = observed([container("web", { state: "frozen" }), container("db", { state: "created" })]);
    expectSteps(planLease(run(spec), found, null), ["startContainer db", "thawContainer web"]);
  });

  it("replaces containers of another manifest, with the new image at hand before the old one stops", () => {
    const found = observed([container("web", { manifestHash: hashOf("b") })]);
    expectSteps(planLease(run(workload([web])), found, null), [
      "ensureImage web:1",
      "stopContainer web",
      "removeContainer web",
      "createContainer web",
      "startContainer web",
    ]);
  });

  it("removes a service that the manifest does not name, frozen, exited or running", () => {
    for (const state of ["running", "frozen"] as const) {
      const found = observed([container("web"), container("old", { state })]);
      expectSteps(planLease(run(workload([web])), found, null), ["stopContainer old", "removeContainer old"]);
    }
    const found = observed([container("web"), container("old", { state: "exited" })]);
    expectSteps(planLease(run(workload([web])), found, null), ["removeContainer old"]);
  });

  for (const exitCode of [0, 1, null]) {
    it(`starts a service again that should always run, whatever it ended with (${exitCode})`, () => {
      const found = observed([container("web", { state: "exited", exitCode })]);
      expectSteps(planLease(run(workload([web])), found, null), ["startContainer web"]);
    });
  }

  it("starts a service again that should restart on failure only after a failure", () => {
    const spec = workload([service("web", { restart: { on: "failure", attempts: null } }), service("db")]);
    const after = (exitCode: number) =>
      planLease(
        run(spec),
        observed([container("web", { state: "exited", exitCode }), container("db")]),
        null,
      );
    expectSteps(after(3), ["startContainer web"]);
    expectSteps(after(0), []);
  });

  it("never starts a service again that should never restart", () => {
    const found = observed([container("job", { state: "exited", exitCode: 1 }), container("web")]);
    expectSteps(planLease(run(workload([job, web])), found, null), []);
  });

  it("asks for nothing while everything runs", () => {
    for (const status of ["active", "lapsed"] as const) {
      expectSteps(planLease(run(workload([web]), status), observed([container("web")]), null), []);
    }
  });

  it("starts the lease once every service runs or has finished, and not before", () => {
    const spec = workload([job, web]);
    const finished = container("job", { state: "exited" });
    expectSteps(planLease(run(spec, "pending"), observed([finished, container("web")]), null), [
      "startLease",
    ]);
    const half = observed([finished, container("web", { state: "created" })]);
    expectSteps(planLease(run(spec, "pending"), half, null), ["startContainer web"]);
  });

  it("resumes a paused lease once every service runs", () => {
    const found = observed([container("web")]);
    expectSteps(planLease(run(workload([web]), "paused"), found, null), ["resumeLease"]);
  });

  it("starts a job again that the engine took down with itself", () => {
    const lost = container("job", { state: "exited", exitCode: 137, lostWithEngine: true });
    expectSteps(planLease(run(workload([job])), observed([lost]), null), ["startContainer job"]);
  });

  it("lets nobody begin to pay for what crashes in a loop, and brings it up all the same", () => {
    const up = observed([container("web")]);
    expectSteps(planLease(run(workload([web]), "paused"), up, null, true), []);
    expectSteps(planLease(run(workload([web]), "pending"), up, null, true), []);
    const down = observed([container("web", { state: "exited" })]);
    expectSteps(planLease(run(workload([web]), "paused"), down, null, true), ["startContainer web"]);
  });

  it("completes a lease all of whose services have finished, with the worst exit code", () => {
    const spec = workload([job, service("other", { restart: { on: "never" } })]);
    const ended = [
      container("job", { state: "exited", exitCode: 0 }),
      container("other", { state: "exited", exitCode: 3 }),
    ];
    for (const status of ["active", "paused"] as const) {
      expectSteps(planLease(run(spec, status), observed(ended), null), ["completeLease 3"]);
    }
    expectSteps(planLease(run(spec, "pending"), observed(ended), null), ["startLease"]);
    expectSteps(planLease(run(spec, "lapsed"), observed(ended), null), []);
  });

  it("never tells success of a job whose exit code is not known", () => {
    const ended = observed([container("job", { state: "exited", exitCode: null })]);
    expectSteps(planLease(run(workload([job])), ended, null), ["completeLease 255"]);
  });

  it("gives a lease back that was not started in time, whatever runs already", () => {
    for (const found of [null, observed([container("web")])]) {
      expectSteps(planLease(run(workload([web]), "pending", true), found, null), ["closeLease capacity"]);
    }
    expectSteps(planLease(run(workload([web]), "active", true), observed([container("web")]), null), []);
  });

  it("neither serves nor gives back a late lease that does not stand deep enough yet", () => {
    const late = { ...run(workload([web]), "pending", true), mayClose: false };
    for (const found of [null, observed([container("web")])]) {
      expectSteps(planLease(late, found, null), []);
      expectSteps(planLease(late, found, fault), []);
    }
  });

  it("declines a lease whose workload cannot be brought up, with the cause", () => {
    expectSteps(planLease(run(workload([web]), "pending"), null, fault), ["closeLease image"]);
    expectSteps(planLease(run(workload([web]), "pending", true), null, fault), ["closeLease image"]);
  });

  it("pauses an active lease of which nothing runs and nothing can be brought up", () => {
    expectSteps(planLease(run(workload([web])), null, fault), ["pauseLease"]);
    expectSteps(planLease(run(workload([web]), "paused"), null, fault), []);
    expectSteps(planLease(run(workload([web]), "lapsed"), null, fault), []);
  });

  it("leaves what still runs of an earlier manifest when the new one cannot be brought up", () => {
    const found = observed([container("web", { manifestHash: hashOf("b") })]);
    expectSteps(planLease(run(workload([web])), found, fault), []);
  });
});

describe("plan of a lease that should not run", () => {
  const everything = observed(
    [
      container("a"),
      container("b", { state: "frozen" }),
      container("c", { state: "exited" }),
      container("d", { state: "created" }),
    ],
    { volumes: [seenVolume("data")] },
  );

  it("rests a depleted lease: stops what runs, keeps everything", () => {
    const desired: Desired = { kind: "suspend", leaseId, retentionOver: false };
    expectSteps(planLease(desired, everything, null), ["stopContainer a", "stopContainer b"]);
    expectSteps(planLease(desired, observed([container("c", { state: "exited" })]), null), []);
    expectSteps(planLease(desired, null, null), []);
  });

  it("closes a depleted lease after retention, once it rests", () => {
    const desired: Desired = { kind: "suspend", leaseId, retentionOver: true };
    expectSteps(planLease(desired, observed([container("a")]), null), [
      "stopContainer a",
      "closeLease unspecified",
    ]);
    expectSteps(planLease(desired, null, null), ["closeLease unspecified"]);
  });

  it("rests a closed lease whose close may be taken back, as a depleted one", () => {
    expectSteps(planLease({ kind: "rest", leaseId }, everything, null), [
      "stopContainer a",
      "stopContainer b",
    ]);
    expectSteps(planLease({ kind: "rest", leaseId }, null, fault), []);
  });

  it("removes everything of a closed lease, containers before network before volumes", () => {
    expectSteps(planLease({ kind: "remove", leaseId }, everything, null), [
      "stopContainer a",
      "stopContainer b",
      "removeContainer a",
      "removeContainer b",
      "removeContainer c",
      "removeContainer d",
      "removeNetwork",
      "removeVolume data",
    ]);
    expectSteps(planLease({ kind: "remove", leaseId }, null, null), []);
  });

  it("removes what an interrupted removal left", () => {
    const found = observed([], { hasNetwork: false, volumes: [seenVolume("data")] });
    expectSteps(planLease({ kind: "remove", leaseId }, found, null), ["removeVolume data"]);
  });

  it("freezes what runs of a lease that the chain does not know, and removes nothing", () => {
    expectSteps(planLease({ kind: "freeze", leaseId }, everything, null), ["freezeContainer a"]);
    expectSteps(planLease({ kind: "freeze", leaseId }, null, null), []);
  });

  it("touches nothing of a lease that it could not find out about", () => {
    const desired: Desired = { kind: "leave", leaseId, why: "the RPC does not answer" };
    expectSteps(planLease(desired, everything, fault), []);
  });

  it("touches nothing while the manifest is not there", () => {
    for (const status of ["pending", "active", "paused", "lapsed"] as const) {
      const desired: Desired = { kind: "awaitManifest", leaseId, status, startLate: false, mayClose: true };
      expectSteps(planLease(desired, everything, null), []);
    }
  });

  it("gives a lease back whose manifest did not come in time, or cannot be used", () => {
    const late: Desired = {
      kind: "awaitManifest",
      leaseId,
      status: "pending",
      startLate: true,
      mayClose: true,
    };
    expectSteps(planLease(late, null, null), ["closeLease manifest"]);
    const unusable: Desired = { ...late, startLate: false };
    expectSteps(planLease(unusable, null, { ...fault, cause: "manifest" }), ["closeLease manifest"]);
  });
});
