// SPDX-License-Identifier: Apache-2.0
import { InvariantError, RetryableError } from "@berth/sdk";
import { expect } from "chai";
import { LinkedBlocks } from "./linked-blocks.ts";
import { createFakeChain, type FakeChain } from "./test/fake-chain.ts";

const SIZE = 16;

describe("linked blocks", () => {
  const { signal } = new AbortController();
  let chain: FakeChain;
  let linked: LinkedBlocks;

  const grow = (blocks: number) => {
    for (let block = 0; block < blocks; block += 1) chain.mine();
  };
  const advance = async () => linked.advance(await chain.head(signal), signal);
  /** As advance, and reads as much of the past as is kept. */
  const begin = async () => {
    await advance();
    for (let look = 0; look < SIZE; look += 1) await linked.reachBack(signal);
  };
  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  beforeEach(() => {
    chain = createFakeChain();
    linked = new LinkedBlocks({ chain, size: SIZE });
  });

  it("a chain that only grows is no reorganisation, by one block or by many, seen often or seldom", async () => {
    for (const blocks of [1, 1, 5, 0, 15, 16, 17, 200]) {
      grow(blocks);
      expect(await advance()).to.equal(null);
    }
  });

  for (let depth = 1; depth <= 12; depth += 1) {
    for (const growth of [depth - 1, depth, depth + 3].filter((blocks) => blocks > 0)) {
      it(`${depth} replaced blocks that became ${growth} are one reorganisation, with the right ancestor`, async () => {
        grow(30);
        await begin();
        const replaced = await chain.head(signal);
        const ancestor = await chain.block(30n - BigInt(depth), signal);
        chain.drop(depth);
        grow(growth);
        const head = await chain.head(signal);
        const { number, hash } = ancestor;
        const reorg = await advance();
        expect(reorg).to.deep.include({ kind: "reorg", replaced, head });
        expect(reorg?.ancestor).to.include({ number, hash });
        expect(await advance()).to.equal(null);
        grow(1);
        expect(await advance()).to.equal(null);
      });
    }
  }

  it("the past is read one block at each look, as far as blocks are kept and the chain goes back", async () => {
    for (const [height, kept] of [
      [5, 6],
      [40, SIZE],
    ] as const) {
      chain = createFakeChain();
      grow(height);
      const read: bigint[] = [];
      const block = (number: bigint) => {
        read.push(number);
        return chain.block(number, signal);
      };
      linked = new LinkedBlocks({ chain: { block }, size: SIZE });
      await advance();
      expect(read).to.deep.equal([]);
      for (let look = 1; look <= SIZE; look += 1) {
        await linked.reachBack(signal);
        expect(read).to.have.length(Math.min(look, kept - 1));
      }
      expect(new Set(read).size).to.equal(kept - 1);
    }
  });

  it("a chain that parts before what was read of the past so far has no ancestor, and is followed from there", async () => {
    grow(40);
    await advance();
    await linked.reachBack(signal);
    chain.drop(6);
    grow(7);
    expect(await advance()).to.deep.include({ kind: "reorg", ancestor: null });
    grow(1);
    expect(await advance()).to.equal(null);
  });

  it("a past that does not fit what is kept is unknown, and none of it is kept", async () => {
    grow(40);
    await advance();
    chain.drop(6);
    grow(6);
    expect(await errorOf(linked.reachBack(signal))).to.be.instanceOf(RetryableError);
    expect(await advance()).to.deep.include({ kind: "reorg", ancestor: null });
  });

  it("a node that is behind on the same chain is no reorganisation, however often it flaps", async () => {
    grow(40);
    const newest = await chain.head(signal);
    await begin();
    for (const lag of [1n, 5n, 0n, 14n, 3n, 0n]) {
      expect(await linked.advance(await chain.block(newest.number - lag, signal), signal)).to.equal(null);
    }
  });

  it("a node that is behind all that is kept is unknown, not a reorganisation", async () => {
    grow(40);
    await begin();
    const error = await errorOf(linked.advance(await chain.block(10n, signal), signal));
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_CHAIN_ANSWER_UNUSABLE");
    expect(await advance()).to.equal(null);
  });

  for (const growth of [20, 300]) {
    it(`a chain that parts before all that is kept has no ancestor, and is followed from there (${growth} new blocks)`, async () => {
      grow(40);
      await begin();
      chain.drop(20);
      grow(growth);
      expect(await advance()).to.deep.include({ kind: "reorg", ancestor: null });
      grow(1);
      expect(await advance()).to.equal(null);
    });
  }

  it("a reorganisation during a long silence is seen, with its ancestor", async () => {
    grow(40);
    await begin();
    chain.drop(3);
    grow(100);
    const reorg = await advance();
    expect(reorg?.ancestor?.number).to.equal(37n);
  });

  it("a read that fails changes nothing: the reorganisation is seen afterwards", async () => {
    grow(40);
    await begin();
    chain.drop(4);
    grow(5);
    const head = await chain.head(signal);
    chain.failure = new RetryableError("E_RPC_UNREACHABLE", "no", { atRisk: "nothing", next: "wait" });
    expect(await errorOf(linked.advance(head, signal))).to.equal(chain.failure);
    chain.failure = null;
    expect((await advance())?.ancestor?.number).to.equal(36n);
  });

  it("blocks that do not fit each other are unknown: the chain was replaced while it was read", async () => {
    grow(40);
    await begin();
    grow(4);
    const head = { ...(await chain.head(signal)), parentHash: `0x${"ab".repeat(32)}` } as const;
    expect(await errorOf(linked.advance(head, signal))).to.be.instanceOf(RetryableError);
    expect(await advance()).to.equal(null);
  });

  it("a block that was final is never given up, however often another chain is shown", async () => {
    grow(40);
    await begin();
    expect(linked.finalize(await chain.block(38n, signal))).to.equal(true);
    chain.drop(2);
    grow(3);
    expect((await advance())?.ancestor?.number).to.equal(38n);
    chain.drop(6);
    grow(9);
    for (let tries = 0; tries < 2; tries += 1) {
      const error = await errorOf(advance());
      expect(error).to.be.instanceOf(InvariantError).with.property("code", "E_FINALITY_CROSSED");
    }
  });

  it("finality only goes on, and one that contradicts what is kept is unknown", async () => {
    grow(40);
    await begin();
    const [early, late] = [await chain.block(30n, signal), await chain.block(35n, signal)];
    expect([linked.finalize(late), linked.finalize(early), linked.finalize(late)]).to.deep.equal([
      true,
      false,
      false,
    ]);
    expect(() => linked.finalize({ ...late, number: 36n })).to.throw(RetryableError);
  });
});
