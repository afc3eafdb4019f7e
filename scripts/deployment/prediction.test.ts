// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import hardhatConfig from "../../hardhat.config.ts";
import { parameterNames, predictAddress } from "./prediction.ts";

const contract = {
  abi: ["constructor(uint256 lapsePeriod, uint256 disputeWindow)"],
  bytecode: "0x6001600c60003960016000f300",
};
const salt = hardhatConfig.ignition?.strategyConfig?.create2?.salt ?? "";
const DEPLOYER = "f39fd6e51aad88f6f4ce6ab8827279cfffb92266";

describe("the predicted address", () => {
  const address = predictAddress(contract, [3_600n, 1_800n], salt);

  it("is the same for the same code, arguments and salt", () => {
    expect(address).to.match(/^0x[0-9a-fA-F]{40}$/);
    expect(predictAddress({ ...contract }, [3_600n, 1_800n], salt)).to.equal(address);
  });

  it("is another one when code, an argument or the salt is another", () => {
    const others = [
      predictAddress({ ...contract, bytecode: `${contract.bytecode}00` }, [3_600n, 1_800n], salt),
      predictAddress(contract, [3_601n, 1_800n], salt),
      predictAddress(contract, [1_800n, 3_600n], salt),
      predictAddress(contract, [3_600n, 1_800n], salt.replace("c", "d")),
    ];
    expect(new Set([address, ...others]).size).to.equal(others.length + 1);
  });

  it("belongs to a salt into which CreateX mixes neither sender nor chain", () => {
    expect(salt).to.match(/^0x[0-9a-f]{64}$/);
    expect(salt.slice(2, 42)).to.not.equal("0".repeat(40));
    expect(salt.slice(2, 42)).to.not.equal(DEPLOYER);
  });
});

describe("the parameters of a constructor", () => {
  it("are named as the parameters file has them", () => {
    expect(parameterNames(contract)).to.deep.equal(["LAPSE_PERIOD", "DISPUTE_WINDOW"]);
  });
});
