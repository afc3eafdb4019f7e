// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { encodeAbiParameters, hashTypedData, keccak256, toHex, zeroAddress, zeroHash } from "viem";
import { hashResources, quoteTypedData } from "./quotes.ts";

const market = { address: "0x4400000000000000000000000000000000000044", chainId: 31337 } as const;
const quote = {
  offerId: 1n,
  tenant: zeroAddress,
  milliRatePerSecond: 277_778n,
  resourcesHash: zeroHash,
  leaseId: 0n,
  expiresAt: 1_800_000_000n,
  salt: zeroHash,
};
const resources = {
  cpuMillis: 1_500,
  memoryMiB: 512,
  storageMiB: 1_024,
  gpuCount: 1,
  gpuModel: "nvidia-a100-80gb",
};

describe("quotes", () => {
  it("bind the chain, the market and every field", () => {
    const digest = hashTypedData(quoteTypedData(market, quote));
    const others = [
      quoteTypedData({ ...market, chainId: 1 }, quote),
      quoteTypedData({ ...market, address: zeroAddress }, quote),
      quoteTypedData(market, { ...quote, offerId: 2n }),
      quoteTypedData(market, { ...quote, tenant: market.address }),
      quoteTypedData(market, { ...quote, milliRatePerSecond: 1n }),
      quoteTypedData(market, { ...quote, resourcesHash: hashResources(resources) }),
      quoteTypedData(market, { ...quote, leaseId: 1n }),
      quoteTypedData(market, { ...quote, expiresAt: 1n }),
      quoteTypedData(market, { ...quote, salt: `0x${"01".repeat(32)}` }),
    ];
    const digests = new Set([digest, ...others.map((data) => hashTypedData(data))]);
    expect(digests.size).to.equal(others.length + 1);
  });

  it("name resources by their EIP-712 hash", () => {
    const type =
      "Resources(uint32 cpuMillis,uint32 memoryMiB,uint32 storageMiB,uint16 gpuCount,string gpuModel)";
    const words = encodeAbiParameters(
      ["bytes32", "uint32", "uint32", "uint32", "uint16", "bytes32"].map((kind) => ({ type: kind })),
      [keccak256(toHex(type)), 1_500, 512, 1_024, 1, keccak256(toHex("nvidia-a100-80gb"))],
    );
    expect(hashResources(resources)).to.equal(keccak256(words));
  });
});
