// SPDX-License-Identifier: Apache-2.0
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import fc from "fast-check";
import { zeroHash } from "viem";
import { InvariantError, UserError } from "./errors.ts";
import type { Usage } from "./types.ts";
import { buildUsageTree, verifyUsage } from "./usage-tree.ts";

const figure = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const usage: fc.Arbitrary<Usage> = fc.record({
  leaseId: fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }),
  measuredAt: figure,
  servedSeconds: figure,
  cpuMillisSeconds: figure,
  memoryMiBSeconds: figure,
  networkRxBytes: figure,
  networkTxBytes: figure,
});
const usages = fc.uniqueArray(usage, { selector: ({ leaseId }) => leaseId, minLength: 1, maxLength: 6 });

describe("the usage tree", () => {
  it("proves every figure in it and no figure that differs in any field", () => {
    fc.assert(
      fc.property(usages, (figures) => {
        const tree = buildUsageTree(figures);
        for (const one of figures) {
          const proof = tree.proofOf(one.leaseId);
          expect(verifyUsage(tree.root, one, proof)).to.equal(true);
          for (const key of Object.keys(one) as (keyof Usage)[]) {
            const forged = { ...one, [key]: one[key] === 0n ? 1n : one[key] - 1n };
            expect(verifyUsage(tree.root, forged, proof), key).to.equal(false);
          }
        }
      }),
      { numRuns: 5 },
    );
  });

  it("has the same root whatever the order of the figures", () => {
    fc.assert(
      fc.property(usages, (figures) => {
        expect(buildUsageTree(figures.toReversed()).root).to.equal(buildUsageTree(figures).root);
      }),
      { numRuns: 5 },
    );
  });

  it("is dumped as JSON that OpenZeppelin's library loads, to the same root", () => {
    const [first] = fc.sample(usages, 1);
    const tree = buildUsageTree(first ?? []);
    const dumped = JSON.parse(JSON.stringify(tree.dump())) as ReturnType<
      StandardMerkleTree<string[]>["dump"]
    >;
    expect(StandardMerkleTree.load(dumped).root).to.equal(tree.root);
  });

  it("has the root zero when there is no figure", () => {
    expect(buildUsageTree([]).root).to.equal(zeroHash);
    expect(JSON.stringify(buildUsageTree([]).dump())).to.include('"tree":[]');
  });

  it("refuses a proof of a lease that is not in it", () => {
    const figures = fc.sample(usages, 1)[0] ?? [];
    for (const tree of [buildUsageTree(figures), buildUsageTree([])]) {
      expect(() => tree.proofOf(0n))
        .to.throw(UserError)
        .with.property("code", "E_USAGE_UNKNOWN");
    }
  });

  it("refuses two figures of one lease", () => {
    const [one] = fc.sample(usage, 1);
    expect(() => buildUsageTree(one === undefined ? [] : [one, { ...one, servedSeconds: 1n }]))
      .to.throw(InvariantError)
      .with.property("code", "E_USAGE_LEASE_TWICE");
  });
});
