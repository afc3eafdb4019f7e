// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { LeaseKnowledge } from "../domain/desired.ts";
import { lease, leaseId, provider, service, tenant, workload } from "../test/builders.ts";
import { desiredOf } from "./desired.ts";

const spec = workload([service("web")]);
const facts = { provider, workload: spec, retentionPeriod: 100n } as const;

function known(changes: Parameters<typeof lease>[0]): LeaseKnowledge {
  return { kind: "known", leaseId, lease: lease(changes) };
}

describe("desired", () => {
  for (const status of ["pending", "active", "paused", "lapsed"] as const) {
    it(`a lease that is ${status} should run, as soon as its manifest is there`, () => {
      const expected = { leaseId, status, startLate: status === "pending" };
      const knowledge = known({ status, startLate: status === "pending" });
      expect(desiredOf(knowledge, facts)).to.deep.equal({ kind: "run", ...expected, workload: spec });
      expect(desiredOf(knowledge, { ...facts, workload: null })).to.deep.equal({
        kind: "awaitManifest",
        ...expected,
      });
    });
  }

  it("a depleted lease rests until its retention on the service clock is over", () => {
    const at = (clockNow: bigint) =>
      desiredOf(known({ status: "depleted", depletionClock: 50n, clockNow }), facts);
    expect(at(149n)).to.deep.equal({ kind: "suspend", leaseId, retentionOver: false });
    expect(at(150n)).to.deep.equal({ kind: "suspend", leaseId, retentionOver: true });
  });

  it("a closed lease is removed", () => {
    expect(desiredOf(known({ status: "closed" }), facts)).to.deep.equal({ kind: "remove", leaseId });
  });

  it("a lease that a canonical block does not show is frozen, never removed", () => {
    expect(desiredOf({ kind: "absent", leaseId }, facts)).to.deep.equal({ kind: "freeze", leaseId });
    expect(desiredOf(known({ status: "none" }), facts)).to.deep.equal({ kind: "freeze", leaseId });
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
