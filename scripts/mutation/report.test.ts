// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Mutant } from "./mutant.ts";
import { complaintsOf, countsBy, countsOf, type Judged, survivorsOf } from "./report.ts";
import type { Result } from "./results.ts";

function mutant(id: string, outcome: Result["outcome"], critical = true): Judged<Mutant> {
  const item: Mutant = {
    id,
    operator: "relation",
    file: "contracts/A.sol",
    place: "pay",
    span: { start: 0, length: 1 },
    line: 1,
    original: "a < b",
    replacement: "a <= b",
    critical,
    reachedFrom: [],
  };
  return { item, result: { id, outcome, seconds: 1 } };
}

const DEAD = Array.from({ length: 30 }, (_, index) => mutant(`dead-${index}`, "killed"));
const idsOf = (mutants: readonly Judged<Mutant>[]): ReadonlySet<string> =>
  new Set(mutants.map(({ item }) => item.id));

describe("the counts of a run", () => {
  it("leave out what does not compile and what changes no code", () => {
    const outcomes = ["killed", "survived", "timed-out", "not-compiled", "same-code", "undecided"] as const;
    const counts = countsOf(outcomes.map((outcome) => mutant(outcome, outcome).result));
    expect(counts).to.deep.equal({
      killed: 1,
      timedOut: 1,
      survived: 1,
      undecided: 1,
      notCompiled: 1,
      sameCode: 1,
      score: 0.5,
    });
  });

  it("never round a survivor away", () => {
    const results = Array.from({ length: 9_999 }, () => mutant("a", "killed").result);
    expect(countsOf([...results, mutant("b", "survived").result]).score).to.equal(0.999);
  });

  it("are told for every operator", () => {
    expect(countsBy(DEAD, ({ operator }) => operator)["relation"]?.killed).to.equal(30);
  });
});

describe("a run", () => {
  it("passes where everything is dead", () => {
    expect(complaintsOf(DEAD, [], [], idsOf(DEAD))).to.deep.equal([]);
  });

  it("fails on one survivor in money or authority, unless somebody gave the reason", () => {
    const all = [...DEAD, mutant("alive", "survived")];
    const reviewed = [{ id: "alive", change: "a < b -> a <= b", reason: "the same where b is even" }];
    expect(complaintsOf(all, [], [], idsOf(all))).to.have.length(1);
    expect(complaintsOf(all, [], reviewed, idsOf(all))).to.deep.equal([]);
    expect(survivorsOf(all, reviewed)[0]?.reason).to.equal("the same where b is even");
  });

  it("lets a survivor pass that only tells", () => {
    const all = [...DEAD, mutant("alive", "survived", false)];
    expect(complaintsOf(all, [], [], idsOf(all))).to.deep.equal([]);
  });

  it("fails below the floor, whatever the reasons", () => {
    const all = [...DEAD.slice(0, 9), mutant("alive", "survived", false)];
    expect(complaintsOf(all, [], [], idsOf(all))).to.deep.equal(["the score 0.9 is below 0.95"]);
  });

  it("fails on a seed that survives or could not be judged", () => {
    const seed = { name: "sample", attack: "", file: "", find: "", replace: "" };
    const complaints = (["survived", "undecided", "not-compiled", "killed"] as const).flatMap((outcome) =>
      complaintsOf([], [{ item: seed, result: mutant("a", outcome).result }], [], new Set()),
    );
    expect(complaints).to.deep.equal([
      "seed sample: survived",
      "seed sample: undecided",
      "seed sample: not-compiled",
    ]);
  });

  it("fails on a reviewed survivor that is killed, or no mutant any more", () => {
    const reviewed = [
      { id: "dead-0", change: "", reason: "" },
      { id: "gone", change: "", reason: "" },
    ];
    expect(complaintsOf(DEAD, [], reviewed, idsOf(DEAD))).to.deep.equal([
      "reviewed, but no mutant any more: gone",
      "reviewed as a survivor, but killed: dead-0",
    ]);
  });
});
