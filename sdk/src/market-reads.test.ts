// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { createPublicClient, custom, numberToHex, type PublicClient, zeroAddress } from "viem";
import { InvariantError } from "./errors.ts";
import { marketReads } from "./market-reads.ts";

const PANIC = `0x4e487b71${"11".padStart(64, "0")}`;

/** A node whose first answers are panics. */
function nodeThatPanics(times: number): { readonly client: PublicClient; readonly asked: () => number } {
  let asked = 0;
  const request = async ({ method }: { readonly method: string }): Promise<unknown> => {
    if (method === "eth_chainId") return "0x7a69";
    asked += 1;
    if (asked <= times) throw Object.assign(new Error("execution reverted"), { code: 3, data: PANIC });
    return numberToHex(7n, { size: 32 });
  };
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  return { client, asked: () => asked };
}

describe("a read of the market", () => {
  it("is made again where the node paired one block's time with another's state", async () => {
    const { client, asked } = nodeThatPanics(2);
    expect(await marketReads(client, zeroAddress).balanceOf(zeroAddress, zeroAddress)).to.equal(7n);
    expect(asked()).to.equal(3);
  });

  it("that panics each time is a defect, and is not asked for ever", async () => {
    const { client, asked } = nodeThatPanics(99);
    const error = await marketReads(client, zeroAddress)
      .balanceOf(zeroAddress, zeroAddress)
      .catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(InvariantError).with.property("code", "E_CONTRACT_PANIC");
    expect(asked()).to.equal(3);
  });
});
