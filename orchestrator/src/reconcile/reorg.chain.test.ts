// SPDX-License-Identifier: Apache-2.0
import { marketCalls } from "@berth/sdk";
import { expect } from "chai";
import { createWorld, type MarketWorld } from "../chain/test/market-world.ts";
import { startServing, type Serving } from "../test/serving.ts";

/** Blocks until a block is final. */
const FINAL = 16n;
const DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

describe("workloads on a chain that is replaced", function () {
  this.timeout(60_000);
  let world: MarketWorld;
  let serving: Serving;
  let leaseId: bigint;

  before(async () => {
    world = await createWorld();
  });

  beforeEach(async () => {
    serving = await startServing(world, FINAL);
  });

  afterEach(() => serving.stop());

  after(() => world.node.stop());

  const mine = (blocks: number) => world.control.mine({ blocks, interval: 1 });
  /** Replaces so many blocks by empty ones: the height stays. */
  const replace = (depth: number) =>
    world.control.request({ method: "anvil_reorg", params: [depth, []] } as never);
  /** The provider starts the lease, and his tenant closes it. */
  async function end(): Promise<void> {
    const calls = marketCalls(world.market);
    await world.send(world.provider, calls.start(0n, [leaseId]));
    await world.send(world.tenant, calls.close(leaseId));
  }

  /** Opens a lease whose workload runs, so many blocks deep. */
  async function open(depth: number): Promise<string> {
    leaseId = await world.openLease(serving.manifestHash);
    serving.keepManifest(leaseId);
    await serving.until(leaseId, "running");
    await mine(depth - 1);
    return serving.container(leaseId).id;
  }

  for (const depth of DEPTHS) {
    it(`an opening ${depth} blocks deep that is gone is frozen, and the same container thaws when it is back`, async () => {
      const id = await open(depth);
      await replace(depth);
      await serving.until(leaseId, "frozen");
      expect(await world.openLease(serving.manifestHash)).to.equal(leaseId);
      await serving.until(leaseId, "running");
      expect(serving.container(leaseId).id).to.equal(id);
      expect(serving.changes()).to.deep.equal([
        "ensureImage",
        "reservePorts",
        "createVolume",
        "createNetwork",
        "createContainer",
        "startContainer",
        "freezeContainer",
        "thawContainer",
      ]);
    });

    it(`a close ${depth} blocks deep that is taken back starts the same container on its data again`, async () => {
      const id = await open(1);
      serving.changes();
      await end();
      await mine(depth - 1);
      await serving.until(leaseId, "exited");
      await replace(depth);
      await serving.until(leaseId, "running");
      expect(serving.container(leaseId).id).to.equal(id);
      expect(serving.volumes(leaseId)).to.deep.equal(["data"]);
      expect(serving.changes()).to.deep.equal(["stopContainer", "startContainer"]);
    });
  }

  it("an opening that does not come back is removed, but not before a later block is final", async () => {
    await open(3);
    await replace(3);
    await serving.until(leaseId, "frozen");
    serving.changes();
    await mine(Number(FINAL));
    await serving.looked();
    expect(serving.changes()).to.deep.equal([]);
    expect(serving.volumes(leaseId)).to.deep.equal(["data"]);
    await mine(1);
    await serving.until(leaseId, "gone");
    expect(serving.changes()).to.deep.equal([
      "stopContainer",
      "removeContainer",
      "removeNetwork",
      "removeVolume",
    ]);
  });

  it("an opening whose number another tenant gets rests with its data until that is final, then the other is served afresh", async () => {
    const id = await open(3);
    await replace(3);
    await serving.until(leaseId, "frozen");
    serving.changes();
    const price = { offerId: world.offerId, provider: world.provider.address, maxMilliRate: 2n ** 64n };
    const opening = { ...price, amount: 1_000_000n, manifestHash: serving.manifestHash };
    const tenant = world.provider.address;
    const opened = await world.send(world.provider, marketCalls(world.market).open({ ...opening, tenant }));
    expect(opened.events.map((event) => ("leaseId" in event.args ? event.args.leaseId : null))).to.contain(
      leaseId,
    );
    await serving.until(leaseId, "exited");
    await mine(Number(FINAL) - 1);
    await serving.looked();
    expect(serving.changes()).to.deep.equal(["stopContainer"]);
    expect(serving.container(leaseId).id).to.equal(id);
    expect(serving.volumes(leaseId)).to.deep.equal(["data"]);
    await mine(2);
    await serving.until(leaseId, "running");
    expect(serving.container(leaseId).id).to.not.equal(id);
    expect(serving.changes().slice(0, 3)).to.deep.equal(["removeContainer", "removeNetwork", "removeVolume"]);
  });

  it("a close that stays takes the data away when it is final, and not before", async () => {
    await open(1);
    await end();
    await serving.until(leaseId, "exited");
    serving.changes();
    await mine(Number(FINAL) - 1);
    await serving.looked();
    expect(serving.changes()).to.deep.equal([]);
    expect(serving.volumes(leaseId)).to.deep.equal(["data"]);
    await mine(2);
    await serving.until(leaseId, "gone");
    expect(serving.volumes(leaseId)).to.deep.equal([]);
    expect(serving.changes()).to.deep.equal(["removeContainer", "removeNetwork", "removeVolume"]);
  });
});
