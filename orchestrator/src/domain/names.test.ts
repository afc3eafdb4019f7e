// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import {
  bridgeName,
  containerName,
  leaseLabels,
  marketLabels,
  networkName,
  partsOfVolumeName,
  volumeName,
} from "./names.ts";

const identity = { chainId: 31337, market: "0xAbCdEf0123456789aBcDeF0123456789AbCdEf01" } as const;
const sameEight = { chainId: 31337, market: "0xabcdef01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" } as const;

describe("names", () => {
  it("names a lease's objects by chain, market, lease and part", () => {
    expect(containerName(identity, 7n, "web")).to.equal("berth-31337-abcdef01-7-web");
    expect(networkName(identity, 7n)).to.equal("berth-31337-abcdef01-7-net");
    expect(volumeName(identity, 7n, "data")).to.equal("berth-31337-abcdef01-7-vol-data");
    expect(partsOfVolumeName(identity, "berth-31337-abcdef01-7-vol-a-vol-b")).to.deep.equal({
      leaseId: 7n,
      volume: "a-vol-b",
    });
    for (const name of [
      "berth-31337-abcdef02-7-vol-a",
      "berth-1-abcdef01-7-vol-a",
      "berth-31337-abcdef01-07-vol-a",
      "x",
    ])
      expect(partsOfVolumeName(identity, name), name).to.equal(null);
  });

  it("labels carry the whole market address, in lower case however it was written", () => {
    expect(leaseLabels(identity, 7n)).to.deep.equal({
      "berth.lease": "7",
      "berth.chain": "31337",
      "berth.market": "0xabcdef0123456789abcdef0123456789abcdef01",
    });
    expect(marketLabels(identity)).not.to.deep.equal(marketLabels(sameEight));
  });

  it("a bridge name is at most 15 characters, begins with the prefix and suits every lease id", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (leaseId) => {
        expect(bridgeName(identity, leaseId)).to.match(/^berth[0-9a-z]{10}$/);
      }),
    );
  });

  it("two leases of a full pool have different bridges", () => {
    const names = new Set(Array.from({ length: 16_384 }, (_, lease) => bridgeName(identity, BigInt(lease))));
    expect(names.size).to.equal(16_384);
  });

  it("the same lease id on another chain has another bridge", () => {
    expect(bridgeName({ ...identity, chainId: 1 }, 7n)).not.to.equal(bridgeName(identity, 7n));
  });
});
