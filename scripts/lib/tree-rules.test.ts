// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { changingFunctions, functionsWithoutTree, treeProblems, type ListedTest } from "./tree-rules.ts";

const TREE = `pause
├── given an active lease
│   └── it bills
└── given a lapsed one
    └── it bills as well
`;

function tests(...paths: readonly string[]): readonly ListedTest[] {
  return paths.map((path) => ({ titles: path.split(" > "), skipped: false }));
}

const BOTH = tests("pause > bills", "pause > bills as well");

describe("tree rules", () => {
  it("accepts a tree whose leaves are the tests", () => {
    expect(treeProblems(TREE, BOTH)).to.deep.equal([]);
  });

  it("wants a test for every leaf and a leaf for every test", () => {
    expect(treeProblems(TREE, tests("pause > bills", "pause > beeps"))).to.deep.equal([
      "0 tests are the leaf: pause > given a lapsed one > bills as well",
      "0 leaves are the test: pause > beeps",
    ]);
  });

  it("looks for a test under its own root alone", () => {
    expect(treeProblems(TREE, tests("pause > bills", "resume > bills as well"))).to.have.lengthOf(2);
  });

  it("wants neither of them twice", () => {
    expect(treeProblems(TREE, [...BOTH, ...tests("pause > bills")])).to.deep.equal([
      "2 tests are the leaf: pause > given an active lease > bills",
    ]);
    const twice = TREE.replace("bills as well", "bills");
    expect(treeProblems(twice, tests("pause > bills"))).to.deep.equal([
      "2 leaves are the test: pause > bills",
    ]);
  });

  it("tells equal titles apart by the suites around them, which are conditions", () => {
    const text = TREE.replace("bills as well", "bills");
    const nested = tests("pause > given an active lease > bills", "pause > given a lapsed one > bills");
    expect(treeProblems(text, nested)).to.deep.equal([]);
    expect(treeProblems(text, tests("pause > given a closed one > bills"))).to.have.lengthOf(3);
  });

  it("refuses a test that is skipped", () => {
    const skipping = BOTH.map((test) => ({ ...test, skipped: true }));
    expect(treeProblems(TREE, skipping)).to.deep.equal([
      "is skipped: pause > bills",
      "is skipped: pause > bills as well",
    ]);
  });

  it("refuses a crooked drawing, a line of no kind, a condition without outcome and an outcome with more below it", () => {
    const first = (text: string): string => treeProblems(text, BOTH)[0] ?? "";
    expect(first(TREE.replace("│   └── it bills", "│   ├── it bills"))).to.match(/^is not drawn/);
    expect(first(TREE.replace("given an active", "an active"))).to.match(/^begins with neither/);
    expect(first(`${TREE}\nresume\n└── when called\n`)).to.match(/^has no leaf: when called/);
    expect(first(TREE.replace("it bills\n", "it bills\n│       └── it pays\n"))).to.match(/^an outcome ends/);
    expect(first(`├── it bills\n`)).to.match(/^hangs from nothing/);
  });

  it("finds the functions of an interface that change something", () => {
    const source = `
      function open(uint256 offerId, address tenant) external returns (uint256 leaseId);
      function pause(
          uint256 instance,
          uint256 leaseId
      ) external;
      function statusOf(uint256 leaseId) external view returns (LeaseStatus status);
      function version() external pure returns (string memory version);
    `;
    expect(changingFunctions(source)).to.deep.equal(["open", "pause"]);
  });

  it("names the functions that no root begins with", () => {
    expect(functionsWithoutTree(["pause", "open"], [TREE])).to.deep.equal(["open"]);
    const root = TREE.replace("pause", "open by the tenant");
    expect(functionsWithoutTree(["open"], [root])).to.deep.equal([]);
  });
});
