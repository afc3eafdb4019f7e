// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroHash, id } from "ethers";
import { usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Cause } from "../helpers/enums.ts";
import { openLease, report, startExisting, startLease } from "../helpers/leases.ts";
import { QUOTE_RATE, amendTo, openUnder, quoteOf } from "../helpers/quotes.ts";
import { advance, now } from "../helpers/time.ts";
import { COLLATERAL, REPORT_PERIOD, START_PERIOD, loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

interface Counted {
  name: string;
  provider: string;
  sequence: bigint;
}

/** Every event of the market that carries a sequence, in the order of the chain. */
async function countedEvents(world: World): Promise<Counted[]> {
  const logs = await ethers.provider.getLogs({ address: await world.market.getAddress(), fromBlock: 0 });
  return logs.flatMap((log) => {
    const event = world.market.interface.parseLog(log);
    const carries = event?.fragment.inputs.some(({ name }) => name === "sequence");
    if (event === null || carries !== true) return [];
    const { provider, sequence } = event.args.toObject() as { provider: string; sequence: bigint };
    return [{ name: event.name, provider, sequence }];
  });
}

/** Every transition that the daemon must hear of, and some that it need not, on both providers. */
async function liveManyLives(world: World): Promise<void> {
  const { market, owner, operator, tenant, stranger, rivalOperator, rivalOfferId, usd: token } = world;
  const [first, second, third, late, short] = [
    await openLease(world),
    await openLease(world),
    await openLease(world),
    await openLease(world),
    await openLease(world, { amount: usd(1) }),
  ];
  const foreign = await openLease(world, { offerId: rivalOfferId });
  await market.connect(rivalOperator).start(0n, [foreign]);
  await startExisting(world, [first, second, third, short, first]);
  await market.connect(operator).pause(0n, first);
  await market.connect(operator).resume(0n, first);
  await market.connect(tenant).deposit(token, usd(10));
  await market.connect(tenant).topUpFromBalance(first, 1n);
  await market.connect(stranger).topUp(second, 1n);
  await market.connect(tenant).setManifest(second, id("other"));
  await amendTo(world, third, QUOTE_RATE);
  await openUnder(world, quoteOf(world, { salt: id("opening") }));
  await advance(START_PERIOD + 1n);
  await market.connect(stranger).close(late);
  await market.connect(stranger).settle([first, second, foreign]);
  await advance(REPORT_PERIOD - START_PERIOD - 1n);
  await report(world);
  await market.connect(tenant).topUp(short, usd(2));
  await market.connect(operator).closeByProvider(0n, [first, second, first], Cause.Drain);
  await market.connect(operator).complete(0n, third, 0n, "");
  await market.connect(tenant).close(short);
  await market.connect(tenant).releaseCollateral([first, second, third]);
  await market.connect(operator).setCapacity(0n, 1n, 3n);
  await market.connect(owner).setOperator(operator);
}

describe("sequence", () => {
  it("counts every event that carries it without a gap, for each provider on his own", async () => {
    const world = await loadWorld();
    await liveManyLives(world);
    const events = await countedEvents(world);
    for (const [provider, expected] of [
      [world.owner, 23],
      [world.rival, 2],
    ] as const) {
      const own = events
        .filter((event) => event.provider === provider.address)
        .map(({ sequence }) => sequence);
      expect(own).to.deep.equal(Array.from({ length: expected }, (_, index) => BigInt(index + 1)));
      expect((await world.market.providerOf(provider)).sequence).to.equal(BigInt(expected));
    }
  });

  it("is carried by every kind of event that changes what a daemon should do, and by no other", async () => {
    const world = await loadWorld();
    await liveManyLives(world);
    const names = new Set((await countedEvents(world)).map(({ name }) => name));
    expect([...names].sort()).to.deep.equal([
      "LeaseAmended",
      "LeaseClosed",
      "LeaseManifestChanged",
      "LeaseOpened",
      "LeasePaused",
      "LeaseResumed",
      "LeaseStarted",
      "LeaseToppedUp",
    ]);
  });

  it("stands still for what a daemon need not do", async () => {
    const world = await loadWorld();
    const { market, owner, operator, usd: token } = world;
    const leaseId = await startLease(world);
    const before = (await market.providerOf(owner)).sequence;
    await advance(1_000n);
    await market.connect(world.stranger).settle([leaseId]);
    await market.connect(operator).report(owner, 0n, ZeroHash, "", []);
    await market.connect(owner).claim(token, [leaseId], owner);
    await market.connect(owner).stake(token, COLLATERAL);
    await market.connect(owner).withdrawStake(token, COLLATERAL, owner);
    await market.connect(operator).claimInstance(owner, 0n);
    await market.connect(owner).setEndpoint("");
    await market.connect(owner).cancelQuote(owner, 1n, ZeroHash);
    await market.connect(owner).setDelegate(token, operator, 1n, now());
    expect((await market.providerOf(owner)).sequence).to.equal(before);
  });
});
