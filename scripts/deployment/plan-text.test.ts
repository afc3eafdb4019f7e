// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { durationInWords, planText } from "./plan-text.ts";

describe("seconds in words", () => {
  const words: Record<string, string> = {
    0: "0 seconds",
    1: "1 second",
    1800: "30 minutes",
    97_200: "1 day 3 hours",
    172_800: "2 days",
    604_800: "7 days",
    90_061: "1 day 1 hour 1 minute 1 second",
  };

  for (const [seconds, text] of Object.entries(words))
    it(`${seconds} is ${text}`, () => expect(durationInWords(BigInt(seconds))).to.equal(text));
});

describe("the plan of a deployment", () => {
  const plan = {
    network: "base",
    chainId: 8_453n,
    deployer: { address: "0xaa", balance: 25n * 10n ** 16n },
    periods: [{ name: "LAPSE_PERIOD", seconds: 259_200n }],
    buildProfile: "production",
    address: "0xcc",
    createXThere: true,
    records: "deploy/deployments/chain-8453",
  };

  it("says where, who pays, which periods for how long, and the address", () => {
    const text = planText(plan);
    for (const part of ["base, chain id 8453", "0xaa, who has 0.25", "3 days (259200), for ever", "0xcc"])
      expect(text).to.contain(part);
    expect(text).to.not.contain("put there first");
  });

  it("says so where CreateX comes first", () => {
    expect(planText({ ...plan, createXThere: false })).to.contain("put there first");
  });
});
