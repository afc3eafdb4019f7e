// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { type AbiEvent, encodeAbiParameters, encodeEventTopics, type Hex, zeroHash } from "viem";
import { InvariantError } from "./errors.ts";
import { decodeMarketLogs, type MinedLog, topicsNamingProviderAt } from "./events.ts";
import { computeMarketAbi, mockUsdAbi } from "./generated/abi.ts";

const PROVIDER = "0x1100000000000000000000000000000000000011";
const TENANT = "0x2200000000000000000000000000000000000022";
const closed = computeMarketAbi.find(
  (item) => item.type === "event" && item.name === "LeaseClosed",
) as AbiEvent;

function closedLog(reason: number, cause: number): MinedLog {
  const plain = closed.inputs.filter(({ indexed }) => !indexed);
  return log(
    encodeEventTopics({
      abi: computeMarketAbi,
      eventName: "LeaseClosed",
      args: { leaseId: 7n, provider: PROVIDER, tenant: TENANT },
    }) as MinedLog["topics"],
    encodeAbiParameters(plain, [reason, cause, 30n, 70n, 500n, 9n]),
  );
}

function log(topics: MinedLog["topics"], data: Hex): MinedLog {
  return { topics, data, blockNumber: 12n, blockHash: zeroHash, logIndex: 3, transactionHash: zeroHash };
}

describe("the market's events", () => {
  it("are decoded with our words for the contract's numbers, and with their place in the chain", () => {
    expect(decodeMarketLogs([closedLog(3, 1)])).to.deep.equal([
      {
        name: "LeaseClosed",
        args: {
          leaseId: 7n,
          provider: PROVIDER,
          tenant: TENANT,
          reason: "declined",
          cause: "image",
          due: 30n,
          refund: 70n,
          settledClock: 500n,
          sequence: 9n,
        },
        blockNumber: 12n,
        blockHash: zeroHash,
        logIndex: 3,
        transactionHash: zeroHash,
      },
    ]);
  });

  it("leave out what is not theirs", () => {
    const [transfer] = encodeEventTopics({ abi: mockUsdAbi, eventName: "Transfer" });
    expect(decodeMarketLogs([log([transfer], "0x"), log([], "0x"), closedLog(1, 0)])).to.have.length(1);
  });

  it("refuse a log that only looks like one of theirs, and a word that does not exist", () => {
    const whole = closedLog(1, 0);
    expect(() => decodeMarketLogs([{ ...whole, data: "0x00" }]))
      .to.throw(InvariantError, "LeaseClosed")
      .with.property("code", "E_LOG_UNREADABLE");
    expect(() => decodeMarketLogs([closedLog(8, 0)]))
      .to.throw(InvariantError)
      .with.property("code", "E_WORD_UNKNOWN");
  });

  it("name their provider at one of two places, so that two filters find all of his", () => {
    const events = computeMarketAbi.filter((item) => item.type === "event");
    const naming = events.filter(({ inputs }) => inputs.some(({ name }) => name === "provider"));
    expect(naming).to.have.length.above(15);
    const found = [...topicsNamingProviderAt(1), ...topicsNamingProviderAt(2)];
    expect(found).to.have.length(naming.length);
    expect(topicsNamingProviderAt(3)).to.deep.equal([]);
  });
});
