// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Hex } from "viem";
import type { ChainEvent } from "../ports/market-chain.ts";
import { hash } from "./test/fake-chain.ts";
import { dropLogs, forgeLogs, heal, lagBehind } from "./test/faults.ts";
import { type Following, startFollowing } from "./test/following.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { type RpcProxy, startRpcProxy } from "./test/rpc-proxy.ts";

type Reorg = Extract<ChainEvent, { readonly kind: "reorg" }>;

describe("following a chain that changes, over RPCs that fail", function () {
  this.timeout(20_000);
  let world: MarketWorld;
  let first: RpcProxy;
  let second: RpcProxy;
  let following: Following;
  let lastByte = 0;

  before(async () => {
    world = await createWorld();
    await world.control.mine({ blocks: 80 });
    [first, second] = [await startRpcProxy(world.node.url), await startRpcProxy(world.node.url)];
  });

  beforeEach(async () => {
    following = startFollowing(world, [first.url, second.url]);
    await following.until(() => following.journal.cursor() !== null);
  });

  afterEach(async () => {
    for (const proxy of [first, second]) heal(proxy);
    await following.stop();
  });

  after(async () => {
    await first.stop();
    await second.stop();
    await world.node.stop();
  });

  const reorgs = (): readonly Reorg[] => following.events.filter((event) => event.kind === "reorg");
  const nextHash = (): Hex => hash((++lastByte).toString(16).padStart(2, "0"));
  const noteOf = (lease: bigint) =>
    following.journal.leaseNotes().find(({ leaseId }) => leaseId === lease)?.manifestHash;

  async function untilAtHead(): Promise<void> {
    const head = await world.client.getBlock();
    await following.until(() => following.journal.cursor()?.blockHash === head.hash);
  }

  /** A lease in the oldest of so many blocks, seen by the follower; a time of its own keeps a block that replaces it from being the same. */
  async function leaseUnder(blocks: number): Promise<{ lease: bigint; opening: Hex }> {
    const { timestamp } = await world.client.getBlock();
    await world.control.setNextBlockTimestamp({ timestamp: timestamp + 100n });
    const lease = await world.openLease(nextHash());
    const { transactions } = await world.client.getBlock();
    const [hash] = transactions;
    if (hash === undefined) throw new Error("the lease's block is empty");
    const question = { method: "eth_getRawTransactionByHash", params: [hash] };
    const opening: unknown = await world.control.request(question as never);
    if (blocks > 1) await world.control.mine({ blocks: blocks - 1 });
    await untilAtHead();
    return { lease, opening: opening as Hex };
  }

  async function replace(depth: number, transactions: readonly (readonly [Hex, number])[]): Promise<void> {
    await world.control.request({ method: "anvil_reorg", params: [depth, transactions] } as never);
  }

  async function expectReorg(depth: number, act: () => Promise<void>): Promise<void> {
    const replaced = await world.client.getBlock();
    const ancestor = await world.client.getBlock({ blockNumber: replaced.number - BigInt(depth) });
    await act();
    await following.until(() => reorgs().length > 0);
    await untilAtHead();
    expect(reorgs()).to.have.length(1);
    expect(reorgs()[0]?.ancestor).to.include({ number: ancestor.number, hash: ancestor.hash });
    expect(reorgs()[0]?.replaced).to.include({ number: replaced.number, hash: replaced.hash });
  }

  for (let depth = 1; depth <= 12; depth += 1) {
    it(`${depth} replaced blocks are one reorg with the right ancestor, and what they held is uncounted`, async () => {
      const { lease } = await leaseUnder(depth);
      const sequence = following.journal.cursor()?.sequence ?? 0n;
      await expectReorg(depth, () => replace(depth, []));
      expect(following.journal.cursor()?.sequence).to.equal(sequence - 1n);
      const head = await following.chain.head(following.signal);
      const leases = await following.chain.leases([lease], head, following.signal);
      expect(leases.get(lease)?.status).to.equal("none");
    });

    it(`${depth} replaced blocks that hold the lease again are one reorg, and the lease is still there`, async () => {
      const { lease, opening } = await leaseUnder(depth);
      const [before, note] = [following.journal.cursor(), noteOf(lease)];
      await expectReorg(depth, () => replace(depth, [[opening, 0]]));
      expect(following.journal.cursor()?.sequence).to.equal(before?.sequence);
      expect(noteOf(lease)).to.equal(note).and.not.equal(undefined);
      const head = await following.chain.head(following.signal);
      const leases = await following.chain.leases([lease], head, following.signal);
      expect(leases.get(lease)?.status).to.equal("pending");
    });
  }

  it("a chain replaced deeper than is remembered is an alarm: nothing is acted on until all was read again", async () => {
    const { lease } = await leaseUnder(60);
    await replace(60, []);
    await following.until(() => reorgs().length > 0);
    await untilAtHead();
    expect(reorgs()[0]?.ancestor).to.equal(null);
    expect(following.said()).to.include("E_REORG_TOO_DEEP");
    expect(following.gateWasClosed()).to.equal(true);
    await following.chain.head(following.signal);
    const again = await world.openLease(nextHash());
    expect(again).to.equal(lease);
    await following.until(() => noteOf(lease) === hash(lastByte.toString(16).padStart(2, "0")));
  });

  for (const lag of [1n, 3n, 12n, 64n]) {
    it(`an endpoint that falls ${lag} blocks behind and comes back is no reorg, and costs no lease`, async () => {
      for (let round = 0; round < 3; round += 1) {
        lagBehind(first, world.client, lag);
        const lease = await world.openLease(nextHash());
        await following.until(() => noteOf(lease) !== undefined);
        heal(first);
        await untilAtHead();
      }
      expect(reorgs()).to.deep.equal([]);
    });
  }

  const faults: readonly (readonly [string, (proxy: RpcProxy) => void])[] = [
    ["leaves out the newest log", (proxy) => dropLogs(proxy, (index, length) => index === length - 1)],
    ["leaves out every third log", (proxy) => dropLogs(proxy, (index) => index % 3 === 0)],
    ["shows no log at all", (proxy) => dropLogs(proxy, () => true)],
    ["is asked too often", (proxy) => void (proxy.fateOf = () => ({ status: 429 }))],
    ["hangs", (proxy) => void (proxy.fateOf = () => "hangs")],
    ["finds every range too large", (proxy) => void (proxy.fateOf = tooLarge)],
  ];
  for (const [what, break_] of faults) {
    it(`where the preferred endpoint ${what}, every lease is found, and no reorg`, async () => {
      break_(first);
      const leases = [await world.openLease(nextHash()), await world.openLease(nextHash())];
      await following.until(() => leases.every((lease) => noteOf(lease) !== undefined));
      await untilAtHead();
      expect(reorgs()).to.deep.equal([]);
    });
  }

  it("a manifest that only one endpoint tells of is never noted", async () => {
    const told = nextHash();
    forgeLogs(first, told.slice(2, 4), "ff");
    const lease = await world.openLease(told);
    await following.until(() => following.said().includes("E_RPCS_DISAGREE"));
    expect(noteOf(lease)).to.equal(undefined);
    heal(first);
    await following.until(() => noteOf(lease) === told);
    expect(reorgs()).to.deep.equal([]);
  });

  it("in the dark nothing is noted, and nothing that happened meanwhile is lost", async () => {
    for (const proxy of [first, second]) proxy.fateOf = () => "requestLost";
    await following.until(() => following.failures.length > 1);
    const cursor = following.journal.cursor();
    const leases = [await world.openLease(nextHash()), await world.openLease(nextHash())];
    expect(following.journal.cursor()).to.deep.equal(cursor);
    for (const proxy of [first, second]) heal(proxy);
    await following.until(() => leases.every((lease) => noteOf(lease) !== undefined));
    expect(reorgs()).to.deep.equal([]);
  });
});

function tooLarge(method: string, [filter]: readonly unknown[]): "answered" | { readonly error: string } {
  if (method !== "eth_getLogs") return "answered";
  const { fromBlock, toBlock } = filter as { readonly fromBlock: Hex; readonly toBlock: Hex };
  return BigInt(toBlock) - BigInt(fromBlock) > 1n ? { error: "query returned too many results" } : "answered";
}
