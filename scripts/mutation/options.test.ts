// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { readOptions } from "./options.ts";

describe("the arguments of a mutation run", () => {
  it("ask for everything where nothing is said", () => {
    const options = readOptions([]);
    expect(options.sample).to.equal(undefined);
    expect(options.file.test("contracts/ComputeMarket.sol")).to.equal(true);
    expect(options.seededOnly).to.equal(false);
  });

  it("choose a sample, a file and the number of workers", () => {
    const options = readOptions(["--sample", "15", "--seed", "7", "--file", "Escrow", "--workers", "1"]);
    expect([options.sample, options.seed, options.workers]).to.deep.equal([15, 7, 1]);
    expect(options.file.test("contracts/modules/LeaseBook.sol")).to.equal(false);
  });

  it("refuse what they do not know", () => {
    expect(() => readOptions(["--sample", "some"])).to.throw("--sample takes a whole number");
    expect(() => readOptions(["--fast"])).to.throw("--fast");
  });
});
