// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import type { Desired, LeaseFault } from "../domain/desired.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import type { RestartSpec, WorkloadSpec } from "../domain/workload.ts";
import { container, hashOf, leaseId, observed, service, workload } from "../test/builders.ts";
import { take, type ModelState } from "../test/workload-model.ts";
import { planLease } from "./plan.ts";

const byName = { selector: ({ name }: { readonly name: string }) => name };
const statuses = fc.constantFrom("pending", "active", "paused", "lapsed");
const restarts = fc.constantFrom<RestartSpec>(
  { on: "never" },
  { on: "always" },
  { on: "failure", attempts: null },
);

const specs: fc.Arbitrary<WorkloadSpec> = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
    policies: fc.tuple(restarts, restarts, restarts),
    volumes: fc.uniqueArray(
      fc.constantFrom("data", "logs").map((name) => ({ name, sizeMiB: 64 })),
      byName,
    ),
  })
  .map(({ names, policies, volumes }) =>
    workload(
      names.map((name, index) => service(name, { restart: policies[index] ?? { on: "always" } })),
      { volumes },
    ),
  );

const containers = fc
  .record({
    name: fc.constantFrom("a", "b", "c", "old"),
    state: fc.constantFrom("created", "running", "frozen", "exited"),
    digit: fc.constantFrom("a", "b"),
    code: fc.constantFrom(0, 1, 137, null),
  })
  .map(({ name, state, digit, code }) =>
    container(name, { state, manifestHash: hashOf(digit), exitCode: state === "exited" ? code : null }),
  );

const workloads: fc.Arbitrary<ObservedWorkload | null> = fc.option(
  fc
    .record({
      containers: fc.uniqueArray(containers, { selector: ({ service: name }) => name }),
      hasNetwork: fc.boolean(),
      volumes: fc.uniqueArray(
        fc.record({
          name: fc.constantFrom("data", "logs", "old"),
          sizeMiB: fc.constantFrom(32, 64, null),
          isWhole: fc.boolean(),
        }),
        byName,
      ),
    })
    .map((parts) => observed(parts.containers, parts)),
);

const faults: fc.Arbitrary<LeaseFault | null> = fc.option(
  fc.constantFrom("image", "manifest", "capacity", "hardware").map((cause) => ({
    leaseId,
    manifestHash: hashOf("a"),
    code: "E_FAULT",
    message: "it cannot run",
    cause,
  })),
);

const runs: fc.Arbitrary<Desired> = fc
  .record({ status: statuses, startLate: fc.boolean(), workload: specs })
  .map((parts) => ({ kind: "run", leaseId, mayClose: parts.status === "pending", ...parts }));

const cautious: fc.Arbitrary<Desired> = fc.oneof(
  fc.constant<Desired>({ kind: "leave", leaseId, why: "the chain is dark" }),
  fc.constant<Desired>({ kind: "freeze", leaseId }),
  statuses.map((status): Desired => ({
    kind: "awaitManifest",
    leaseId,
    status,
    startLate: false,
    mayClose: status === "pending",
  })),
);

const decided: fc.Arbitrary<Desired> = fc.oneof(
  runs,
  cautious,
  fc.boolean().map((retentionOver): Desired => ({ kind: "suspend", leaseId, retentionOver })),
  fc.constant<Desired>({ kind: "rest", leaseId }),
  fc.constant<Desired>({ kind: "remove", leaseId }),
);

/** Plans and takes steps until a plan is empty; fails after more rounds than any lease needs. */
function settle(start: ModelState, fault: LeaseFault | null): ModelState {
  let state = start;
  for (let round = 0; round < 6; round += 1) {
    const steps = planLease(state.desired, state.workload, fault);
    if (steps.length === 0) return state;
    state = steps.reduce(take, state);
  }
  throw new Error(`no end of plans: ${JSON.stringify(planLease(state.desired, state.workload, fault))}`);
}

function begin(desired: Desired, found: ObservedWorkload | null): ModelState {
  return { desired, workload: found ?? observed([], { hasNetwork: false }), images: new Set() };
}

describe("plan, whatever is observed", () => {
  it("never stops, removes or closes anything without a positive fact against the lease", () => {
    fc.assert(
      fc.property(cautious, workloads, (desired, found) => {
        const allowed = desired.kind === "freeze" ? ["freezeContainer"] : [];
        for (const { action } of planLease(desired, found, null)) expect(allowed).to.include(action);
      }),
    );
  });

  it("never removes a volume or a network of a lease that has not ended for good", () => {
    fc.assert(
      fc.property(decided, workloads, faults, (desired, found, fault) => {
        fc.pre(desired.kind !== "remove");
        const actions = planLease(desired, found, fault).map(({ action }) => action);
        expect(actions).not.to.include("removeVolume");
        expect(actions).not.to.include("removeNetwork");
      }),
    );
  });

  it("only stops what runs of a lease that has ended and may come back", () => {
    fc.assert(
      fc.property(workloads, faults, (found, fault) => {
        const steps = planLease({ kind: "rest", leaseId }, found, fault);
        for (const { action } of steps) expect(action).to.equal("stopContainer");
        const alive = (found?.containers ?? []).filter(
          ({ state }) => state === "running" || state === "frozen",
        );
        expect(steps).to.have.length(alive.length);
      }),
    );
  });

  it("closes no lease that does not stand deep enough in the chain", () => {
    fc.assert(
      fc.property(runs, workloads, faults, (desired, found, fault) => {
        fc.pre(desired.kind === "run");
        if (desired.kind !== "run") return;
        const { kind: _run, workload: _workload, ...waiting } = desired;
        for (const each of [desired, { ...waiting, kind: "awaitManifest" } as const])
          for (const { action } of planLease({ ...each, mayClose: false }, found, fault))
            expect(action).not.to.equal("closeLease");
      }),
    );
  });

  it("taken step by step in its order can be taken, and comes to an end", () => {
    fc.assert(
      fc.property(decided, workloads, faults, (desired, found, fault) => {
        settle(begin(desired, found), fault);
      }),
      { numRuns: 1_000 },
    );
  });

  it("without a fault brings every service of a lease up, or sees it finished, and tells the chain", () => {
    fc.assert(
      fc.property(runs, workloads, (desired, found) => {
        const end = settle(begin(desired, found), null);
        if (end.desired.kind !== "run") {
          expect(end.workload).to.deep.include({ containers: [], hasNetwork: false, volumes: [] });
          return;
        }
        const names = end.desired.workload.services.map(({ name }) => name).sort();
        expect(end.workload.containers.map((each) => each.service).sort()).to.deep.equal(names);
        for (const { state } of end.workload.containers) expect(state).to.be.oneOf(["running", "exited"]);
        expect(end.desired.status).to.be.oneOf(["active", "lapsed"]);
      }),
      { numRuns: 500 },
    );
  });
});
