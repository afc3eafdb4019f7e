// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { id } from "ethers";
import { setUpStage, usd } from "../../scripts/bench/gas/stage.ts";
import type { Stage } from "../../scripts/bench/gas/stage.ts";

/** A transfer between two holders, as measured with the contracts that USDC runs on Ethereum. */
const TRANSFER_OF_USDC = 45_059;

describe("the token of USDC's shape", () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await setUpStage("usdc", false);
  });

  async function transferFails(): Promise<string> {
    const { chain, token, owner, payee } = stage;
    const transfer = { from: owner, to: token, name: "transfer", args: [payee, usd(1)] };
    return chain.send(transfer).then(
      () => "sent",
      (error: Error) => error.message,
    );
  }

  it("costs what USDC costs, to within 2 %", async () => {
    const { chain, token, owner, payee } = stage;
    const transfer = { from: owner, to: token, name: "transfer", args: [payee, usd(1)] };
    expect((await chain.send(transfer)).gasUsed).to.be.closeTo(
      TRANSFER_OF_USDC,
      Math.floor(TRANSFER_OF_USDC / 50),
    );
  });

  it("moves nothing to or from an account on the blacklist", async () => {
    const { chain, token, owner, payee, deployer } = stage;
    expect(await transferFails()).to.equal("sent");
    await chain.send({ from: deployer, to: token, name: "blacklist", args: [payee] });
    expect(await transferFails()).to.include(id("Blacklisted(address)").slice(0, 10));
    await chain.send({ from: deployer, to: token, name: "blacklist", args: [owner] });
    expect(await transferFails()).to.include(owner.slice(2).toLowerCase());
  });

  it("moves nothing while it is paused", async () => {
    const { chain, token, deployer } = stage;
    await chain.send({ from: deployer, to: token, name: "pause", args: [] });
    expect(await transferFails()).to.include(id("Paused()").slice(0, 10));
  });
});
