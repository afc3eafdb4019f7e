// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { decodeFunctionData, encodeFunctionData, toFunctionSelector, zeroAddress, zeroHash } from "viem";
import { computeMarketAbi } from "./generated/abi.ts";
import { approveCall, type MarketCall, marketCalls } from "./market-calls.ts";

const MARKET = "0x4400000000000000000000000000000000000044";
const TOKEN = "0x3300000000000000000000000000000000000033";
const PROVIDER = "0x1100000000000000000000000000000000000011";
const TENANT = "0x2200000000000000000000000000000000000022";

const calls = marketCalls(MARKET);
const opening = {
  offerId: 1n,
  provider: PROVIDER,
  maxMilliRate: 277_778n,
  amount: 1_000_000n,
  manifestHash: zeroHash,
  tenant: TENANT,
} as const;
const usage = {
  leaseId: 7n,
  measuredAt: 1n,
  servedSeconds: 2n,
  cpuMillisSeconds: 3n,
  memoryMiBSeconds: 4n,
  networkRxBytes: 5n,
  networkTxBytes: 6n,
};
const terms = {
  token: TOKEN,
  milliRatePerSecond: 277_778n,
  collateral: 5n,
  arbitrator: zeroAddress,
  minPeriod: 600n,
  startPeriod: 300n,
  retentionPeriod: 3_600n,
} as const;
const quote = {
  offerId: 1n,
  tenant: TENANT,
  milliRatePerSecond: 1n,
  resourcesHash: zeroHash,
  leaseId: 0n,
  expiresAt: 9n,
  salt: zeroHash,
} as const;
const resources = { cpuMillis: 1_000, memoryMiB: 512, storageMiB: 0, gpuCount: 0, gpuModel: "" };

const every: readonly MarketCall[] = [
  calls.deposit(TOKEN, 1n),
  calls.withdraw(TOKEN, 1n, TENANT),
  calls.stake(TOKEN, 1n),
  calls.withdrawStake(TOKEN, 1n, PROVIDER),
  calls.claim(TOKEN, [7n], PROVIDER),
  calls.register({ operator: zeroAddress, reportPeriod: 3_600n, endpoint: "e", metadataURI: "m" }),
  calls.setOperator(PROVIDER),
  calls.setEndpoint("e"),
  calls.setMetadata("m"),
  calls.claimInstance(PROVIDER, 0n),
  calls.report({ provider: PROVIDER, instance: 0n, usageRoot: zeroHash, uri: "u", entries: [usage] }),
  calls.createOffer({ terms, capacity: 3n, resources, metadataURI: "m" }),
  calls.setCapacity(0n, 1n, 4n),
  calls.closeOffer(0n, 1n),
  calls.open(opening),
  calls.openFromBalance(opening),
  calls.openWithPermit(opening, { deadline: 1n, v: 27, r: zeroHash, s: zeroHash }),
  calls.openWithQuote({ ...opening, quote, signature: "0x01" }),
  calls.amend(7n, quote, "0x01"),
  calls.cancelQuote(PROVIDER, 0n, zeroHash),
  calls.setDelegate(TOKEN, TENANT, { cap: 1n, until: 2n }),
  calls.openDispute(7n, 1n, "e"),
  calls.rule(7n, 1n, "r"),
  calls.expireDispute(7n),
  calls.start(0n, [7n]),
  calls.pause(0n, 7n),
  calls.resume(0n, 7n),
  calls.topUp(7n, 1n),
  calls.topUpFromBalance(7n, 1n),
  calls.setManifest(7n, zeroHash),
  calls.settle([7n]),
  calls.close(7n),
  calls.closeByProvider(0n, [7n], "drain"),
  calls.complete(0n, 7n, -1n, "r"),
  calls.releaseCollateral([7n]),
];

describe("calls of the market", () => {
  it("there is a builder for every function that changes it", () => {
    const functions = computeMarketAbi.filter(
      (item) => item.type === "function" && item.stateMutability === "nonpayable",
    );
    expect(every.map(({ functionName }) => functionName)).to.have.members(
      functions.map((item) => ("name" in item ? item.name : "")),
    );
  });

  it("each encodes to its function with its arguments", () => {
    for (const call of every) {
      const data = encodeFunctionData(call);
      const decoded = decodeFunctionData({ abi: computeMarketAbi, data });
      expect(decoded.functionName).to.equal(call.functionName);
      expect(decoded.args).to.deep.equal(call.args);
      expect(call.address).to.equal(MARKET);
    }
  });

  it("a cause is sent as the contract's number", () => {
    expect(calls.closeByProvider(0n, [7n], "image").args[2]).to.equal(1);
    expect(calls.closeByProvider(0n, [7n], "price").args[2]).to.equal(7);
  });

  it("a number that the contract cannot hold is refused, not cut", () => {
    expect(() => encodeFunctionData(calls.setCapacity(0n, 1n, 2n ** 24n))).to.throw();
  });

  it("an approval is the token's call", () => {
    const call = approveCall(TOKEN, MARKET, 5n);
    expect(call.address).to.equal(TOKEN);
    expect(encodeFunctionData(call).slice(0, 10)).to.equal(toFunctionSelector("approve(address,uint256)"));
  });
});
