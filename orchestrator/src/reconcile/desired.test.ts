// SPDX-License-Identifier: Apache-2.0
import type { LeaseStatus, LeaseSummary } from "@berth/sdk";
import { expect } from "chai";
import type { LeaseKnowledge } from "../domain/desired.ts";
import type { WorkloadSpec } from "../domain/workload.ts";
import { lease, leaseId, provider, service, tenant, workload } from "../test/builders.ts";
import { desiredOf } from "./desired.ts";

const spec = workload([service("web")]);
const facts = { provider, workload: spec, settled: null, retentionPeriod: 100n, isFinal: false } as const;

function known(changes: Parameters<typeof lease>[0]): LeaseKnowledge {
  return { kind: "known", leaseId, lease: lease(changes) };
}

describe("desired", () => {
  for (const status of ["pending", "active", "paused", "lapsed"] as const) {
    it(`a lease that is ${status} should run, as soon as its manifest is there`, () => {
      const expected = { leaseId, status, startLate: status === "pending", mayClose: false };
      const knowledge = known({ status, startLate: status === "pending" });
      expect(desiredOf(knowledge, facts)).to.deep.equal({ kind: "run", ...expected, workload: spec });
      expect(desiredOf(knowledge, { ...facts, workload: null })).to.deep.equal({
        kind: "awaitManifest",
        ...expected,
      });
    });
  }

  it("only a pending lease that a deeper block shows as the same one may be closed", () => {
    const mayClose = (
      status: LeaseStatus,
      settled: Partial<LeaseSummary> | null,
      workload: WorkloadSpec | null = spec,
    ) => {
      const deeper = settled === null ? null : lease({ status, ...settled });
      const desired = desiredOf(known({ status }), { ...facts, workload, settled: deeper });
      return "mayClose" in desired && desired.mayClose;
    };
    for (const workload of [spec, null]) {
      expect(mayClose("pending", {}, workload)).to.equal(true);
      expect(mayClose("pending", null, workload)).to.equal(false);
    }
    for (const other of [
      { status: "active" },
      { tenant: provider },
      { offerId: 2n },
      { startBy: 1n },
    ] as const)
      expect(mayClose("pending", other)).to.equal(false);
    expect(mayClose("active", {})).to.equal(false);
  });

  it("a depleted lease rests until its retention is over on the service clock, in a deeper block too", () => {
    const at = (clockNow: bigint, settled: Partial<LeaseSummary> | null) => {
      const depleted = { status: "depleted", depletionClock: 50n } as const;
      const deeper = settled === null ? null : lease({ ...depleted, clockNow, ...settled });
      return desiredOf(known({ ...depleted, clockNow: 1_000n }), { ...facts, settled: deeper });
    };
    expect(at(149n, {})).to.deep.equal({ kind: "suspend", leaseId, retentionOver: false });
    expect(at(150n, {})).to.deep.equal({ kind: "suspend", leaseId, retentionOver: true });
    for (const settled of [null, { status: "active" }, { tenant: provider }] as const)
      expect(at(150n, settled)).to.deep.equal({ kind: "suspend", leaseId, retentionOver: false });
  });

  it("a closed lease rests while the chain may take that back, and is removed once it may not", () => {
    const closed = known({ status: "closed" });
    expect(desiredOf(closed, facts)).to.deep.equal({ kind: "rest", leaseId });
    expect(desiredOf(closed, { ...facts, isFinal: true })).to.deep.equal({ kind: "remove", leaseId });
  });

  it("a lease that a canonical block does not show is frozen, and removed only when it will not come back", () => {
    for (const missing of [{ kind: "absent", leaseId } as const, known({ status: "none" })]) {
      expect(desiredOf(missing, facts)).to.deep.equal({ kind: "freeze", leaseId });
      expect(desiredOf(missing, { ...facts, isFinal: true })).to.deep.equal({ kind: "remove", leaseId });
    }
  });

  it("no lease that is served or depleted is ever removed, whatever is final", () => {
    for (const status of ["pending", "active", "paused", "lapsed", "depleted"] as const)
      expect(desiredOf(known({ status }), { ...facts, isFinal: true }).kind).not.to.equal("remove");
  });

  it("a lease that could not be read is left as it is", () => {
    const why = "the RPC does not answer";
    expect(desiredOf({ kind: "unknown", leaseId, why }, facts)).to.deep.equal({
      kind: "leave",
      leaseId,
      why,
    });
  });

  it("another provider's lease is left as it is, even closed; ours is ours however the address is written", () => {
    for (const status of ["active", "closed", "depleted"] as const) {
      expect(desiredOf(known({ status, provider: tenant }), facts).kind).to.equal("leave");
    }
    const lower = provider.toLowerCase() as typeof provider;
    expect(desiredOf(known({ provider: lower }), facts).kind).to.equal("run");
  });
});
