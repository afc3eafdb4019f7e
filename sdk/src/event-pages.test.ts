// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  createPublicClient,
  custom,
  encodeAbiParameters,
  type Hex,
  hexToBigInt,
  numberToHex,
  pad,
  zeroHash,
} from "viem";
import { RetryableError } from "./errors.ts";
import { getMarketEvents } from "./event-pages.ts";
import { topicNamed } from "./events.ts";

const MARKET = "0x4400000000000000000000000000000000000044";
const PROVIDER = "0x1100000000000000000000000000000000000011";

interface Filter {
  readonly fromBlock: Hex;
  readonly toBlock: Hex;
  readonly topics: readonly unknown[];
}

type Arrange = (logs: readonly ReturnType<typeof logIn>[]) => unknown;

/** A node with one LeaseResumed event in every block; it answers as `answer` lets it, in the order of `arrange`. */
function nodeWith(answer: (blocks: bigint) => void, arrange: Arrange = (logs) => logs) {
  const asked: Filter[] = [];
  const request = ({ params }: { params: readonly [Filter] }): Promise<unknown> => {
    const [filter] = params;
    asked.push(filter);
    const [from, to] = [hexToBigInt(filter.fromBlock), hexToBigInt(filter.toBlock)];
    answer(to - from + 1n);
    const logs = Array.from({ length: Number(to - from + 1n) }, (_, index) => logIn(from + BigInt(index)));
    return Promise.resolve(arrange(logs));
  };
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  return { client, asked };
}

function logIn(block: bigint) {
  return {
    address: MARKET,
    topics: [topicNamed("LeaseResumed"), numberToHex(block, { size: 32 }), pad(PROVIDER)],
    data: encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [1n, block]),
    blockNumber: numberToHex(block),
    blockHash: zeroHash,
    transactionHash: zeroHash,
    transactionIndex: "0x0",
    logIndex: "0x0",
    removed: false,
  };
}

const refusal = (message: string, code: number) => Object.assign(new Error(message), { code });

describe("reading events page by page", () => {
  it("misses and doubles no block of a range, however small the pages that the node takes", async () => {
    for (const most of [1n, 7n, 300n, 10_000n]) {
      const { client } = nodeWith((blocks) => {
        if (blocks > most) throw refusal("query returned more than 10000 results", -32_005);
      });
      const events = await getMarketEvents(client, { address: MARKET, fromBlock: 5n, toBlock: 404n });
      expect(events.map(({ blockNumber }) => blockNumber)).to.deep.equal(
        Array.from({ length: 400 }, (_, index) => BigInt(index) + 5n),
      );
    }
  });

  it("tells them in the order of the chain, whatever the node's order is", async () => {
    const { client } = nodeWith(
      () => undefined,
      (logs) => logs.toReversed(),
    );
    const events = await getMarketEvents(client, { address: MARKET, fromBlock: 5n, toBlock: 7n });
    expect(events.map(({ blockNumber }) => blockNumber)).to.deep.equal([5n, 6n, 7n]);
  });

  it("reads an empty range as nothing, without asking", async () => {
    const { client, asked } = nodeWith(() => undefined);
    expect(await getMarketEvents(client, { address: MARKET, fromBlock: 5n, toBlock: 4n })).to.deep.equal([]);
    expect(asked).to.have.length(0);
  });

  it("asks for one provider's events at both places where they name him", async () => {
    const { client, asked } = nodeWith(() => undefined);
    await getMarketEvents(client, { address: MARKET, fromBlock: 1n, toBlock: 1n, provider: PROVIDER });
    expect(asked.map(({ topics }) => topics.slice(1))).to.deep.equal([
      [pad(PROVIDER)],
      [null, pad(PROVIDER)],
    ]);
  });

  it("gives up on a single block that the node cannot answer", async () => {
    const { client, asked } = nodeWith(() => {
      throw refusal("query timeout", -32_005);
    });
    const error = await failure(getMarketEvents(client, { address: MARKET, fromBlock: 1n, toBlock: 8n }));
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_RPC_FAILED");
    expect(asked).to.have.length(4);
  });

  it("does not ask a node that is not there for less", async () => {
    const { client, asked } = nodeWith(() => {
      throw Object.assign(new Error("fetch failed"), { name: "HttpRequestError", url: "http://127.0.0.1:1" });
    });
    const error = await failure(getMarketEvents(client, { address: MARKET, fromBlock: 1n, toBlock: 8n }));
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_RPC_UNREACHABLE");
    expect(asked).to.have.length(1);
  });

  it("ends with the signal's reason", async () => {
    const reason = new Error("enough");
    const { client } = nodeWith(() => undefined);
    const query = { address: MARKET, fromBlock: 1n, toBlock: 8n, signal: AbortSignal.abort(reason) } as const;
    expect(await failure(getMarketEvents(client, query))).to.equal(reason);
  });
});

function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
