// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { expect } from "chai";
import computeMarket from "../../deploy/modules/ComputeMarket.ts";
import localMarket from "../../deploy/modules/LocalMarket.ts";
import { ignition } from "../helpers/chain.ts";
import { DISPUTE_WINDOW, LAPSE_PERIOD } from "../helpers/time.ts";

function parametersOf(name: string): string {
  return resolve("deploy", "parameters", `${name}.json`);
}

describe("deploy", () => {
  it("puts the market up with the periods of production: 72 and 48 hours", async () => {
    const { market } = await ignition.deploy(computeMarket, { parameters: parametersOf("production") });
    expect(await market["LAPSE_PERIOD"]?.()).to.equal(LAPSE_PERIOD);
    expect(await market["DISPUTE_WINDOW"]?.()).to.equal(DISPUTE_WINDOW);
    expect(await market["version"]?.()).to.equal("1.0.0");
  });

  it("puts a dollar beside it on local networks, with shorter periods", async () => {
    const { market, mockUSD } = await ignition.deploy(localMarket, { parameters: parametersOf("local") });
    expect(await market["LAPSE_PERIOD"]?.()).to.equal(3_600n);
    expect(await market["DISPUTE_WINDOW"]?.()).to.equal(1_800n);
    expect(await mockUSD["decimals"]?.()).to.equal(6n);
  });

  it("refuses to guess the periods", async () => {
    const failure = await ignition.deploy(computeMarket).then(
      () => new Error("deployed without parameters"),
      (error: unknown) => error,
    );
    expect(String(failure)).to.match(/LAPSE_PERIOD/);
  });

  it("leaves a market that nobody owns and that holds nothing", async () => {
    const { market } = await ignition.deploy(computeMarket, { parameters: parametersOf("production") });
    expect(await market["offerCount"]?.()).to.equal(0n);
    expect(await market["leaseCount"]?.()).to.equal(0n);
    const names: string[] = [];
    market.interface.forEachFunction(({ name }) => names.push(name));
    expect(names.filter((name) => /owner|admin|upgrade|pauser|initialize/i.test(name))).to.deep.equal([]);
  });
});
