// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { InvariantError } from "../errors.ts";
import { manifestOf } from "./manifest.fixture.ts";
import { findCycle, startOrder } from "./start-order.ts";

function dependentsOf(dependencies: Readonly<Record<string, readonly string[]>>) {
  const entries = Object.entries(dependencies).map(([name, others]) => {
    const dependsOn = Object.fromEntries(others.map((other) => [other, "started" as const]));
    return [name, { dependsOn }] as const;
  });
  return manifestOf(Object.fromEntries(entries));
}

describe("startOrder", () => {
  it("puts every service after what it depends on", () => {
    expect(startOrder(dependentsOf({ web: ["api"], api: ["db", "cache"], db: [], cache: [] }))).to.deep.equal(
      ["cache", "db", "api", "web"],
    );
  });

  it("does not hang on the order of keys", () => {
    const acyclic = fc
      .uniqueArray(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 16 })
      .chain((ids) =>
        fc.tuple(
          fc.shuffledSubarray(ids, { minLength: ids.length }),
          fc.tuple(...ids.map((id) => fc.subarray(ids.filter((other) => other < id)))),
          fc.constant(ids),
        ),
      );
    fc.assert(
      fc.property(acyclic, ([shuffled, dependencies, ids]) => {
        const edges = new Map(
          ids.map((id, index) => [id, (dependencies[index] ?? []).map((other) => `s${other}`)]),
        );
        const manifest = (order: readonly number[]) =>
          dependentsOf(Object.fromEntries(order.map((id) => [`s${id}`, edges.get(id) ?? []])));
        const order = startOrder(manifest(ids));
        expect(startOrder(manifest(shuffled))).to.deep.equal(order);
        expect(order).to.have.members(ids.map((id) => `s${id}`));
        for (const [id, others] of edges) {
          for (const other of others) expect(order.indexOf(other)).to.be.below(order.indexOf(`s${id}`));
        }
      }),
    );
  });

  it("calls a circle in a checked manifest a defect", () => {
    expect(() => startOrder(dependentsOf({ a: ["b"], b: ["a"] }))).to.throw(
      InvariantError,
      /wait for each other/,
    );
  });
});

describe("findCycle", () => {
  it("names the services on the circle and no others", () => {
    const { services } = dependentsOf({ a: ["b"], b: ["c"], c: ["d"], d: ["b"], e: [] });
    expect(findCycle(services)).to.deep.equal(["b", "c", "d", "b"]);
  });

  it("takes a service that waits for itself for a circle", () => {
    expect(findCycle(dependentsOf({ a: ["a"] }).services)).to.deep.equal(["a", "a"]);
  });

  it("finds none where there is none, and counts no unknown names", () => {
    expect(findCycle(dependentsOf({ a: ["b", "missing"], b: [] }).services)).to.equal(null);
  });
});
