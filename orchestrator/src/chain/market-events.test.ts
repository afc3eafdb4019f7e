// SPDX-License-Identifier: Apache-2.0
import { type Market, RetryableError } from "@berth/sdk";
import { expect } from "chai";
import { createPublicClient, custom, hexToBigInt, type Hex, zeroAddress } from "viem";
import { createEventPages, type Reads } from "./market-events.ts";

const dark = new RetryableError("E_RPC_UNREACHABLE", "no", { atRisk: "nothing", next: "wait" });

describe("pages of events", () => {
  const { signal } = new AbortController();
  let asked: [bigint, bigint][];
  let isDark: boolean;
  let read: ReturnType<typeof createEventPages>;

  beforeEach(() => {
    [asked, isDark] = [[], false];
    const request = async ({
      params,
    }: {
      readonly params: readonly [{ readonly fromBlock: Hex; readonly toBlock: Hex }];
    }) => {
      const [{ fromBlock, toBlock }] = params;
      asked.push([hexToBigInt(fromBlock), hexToBigInt(toBlock)]);
      return [];
    };
    const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
    const market = { client, address: zeroAddress } as unknown as Market;
    const reads: Reads = {
      states: () => ["serving"],
      read: (_signal, ask) => (isDark ? Promise.reject(dark) : ask(market)),
      readNewest: () => Promise.reject(dark),
    };
    read = createEventPages(reads, zeroAddress);
  });

  /** How many blocks the first page had. */
  async function firstPage(): Promise<bigint> {
    asked.length = 0;
    await read({ from: 0n, to: 9_999n }, 0, signal);
    const [from, to] = asked[0] ?? [0n, -1n];
    return to - from + 1n;
  }

  it("asks for less after each failure, and for more after each answer, and for every block once", async () => {
    expect(await firstPage()).to.equal(10_000n);
    isDark = true;
    for (let failures = 0; failures < 3; failures += 1) {
      expect(await read({ from: 0n, to: 9_999n }, 0, signal).catch((error: unknown) => error)).to.equal(dark);
    }
    isDark = false;
    expect(await firstPage()).to.equal(1_250n);
    const pages = asked.filter((_, index) => index % 2 === 0);
    expect(pages.map(([from]) => from)).to.deep.equal([0n, 1_250n, 3_750n, 8_750n]);
    expect(pages.at(-1)?.[1]).to.equal(9_999n);
    expect(await firstPage()).to.equal(10_000n);
  });

  it("never asks for so little that it cannot get on", async () => {
    isDark = true;
    for (let failures = 0; failures < 40; failures += 1) {
      await read({ from: 0n, to: 9_999n }, 0, signal).catch(() => undefined);
    }
    isDark = false;
    expect(await firstPage()).to.equal(16n);
  });
});
