// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { readSources } from "./compile.ts";
import { planted, seedId } from "./seed.ts";
import { SEEDS } from "./seeds/all.ts";

const SEED = { name: "sample", attack: "", file: "contracts/A.sol", find: "a < b", replace: "a <= b" };

describe("the seeded attacks", () => {
  it("are at least thirty, each with a name of its own", () => {
    expect(SEEDS.length).to.be.greaterThan(30);
    expect(new Set(SEEDS.map(({ name }) => name)).size).to.equal(SEEDS.length);
  });

  it("say what they let somebody do, and change something", () => {
    for (const { attack, find, replace } of SEEDS) {
      expect(attack).to.match(/^([A-DT]\d+|specification \d|invariant \d+).*: \w/);
      expect(replace).not.to.equal(find);
    }
  });

  it("can all be planted into today's contracts", () => {
    const sources = readSources(process.cwd());
    const stale = SEEDS.flatMap((seed) => {
      try {
        planted(seed, sources);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    expect(stale).to.deep.equal([]);
  });
});

describe("planting a seed", () => {
  it("puts the attack where the words stand", () => {
    expect(planted(SEED, { "contracts/A.sol": "if (a < b) {}" })).to.equal("if (a <= b) {}");
  });

  it("refuses words that stand nowhere, twice, or in a file that is not there", () => {
    expect(() => planted(SEED, { "contracts/A.sol": "a > b" })).to.throw(
      "stale: its words stand in 0 places",
    );
    expect(() => planted(SEED, { "contracts/A.sol": "a < b || a < b" })).to.throw("in 2 places");
    expect(() => planted(SEED, {})).to.throw("in 0 places");
  });

  it("has another id when its words change", () => {
    expect(seedId(SEED)).not.to.equal(seedId({ ...SEED, replace: "a != b" }));
  });
});
