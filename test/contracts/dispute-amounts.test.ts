// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { MAX_BALANCE, usd } from "../helpers/amounts.ts";
import {
  BOND,
  awaitRuling,
  disputeOf,
  disputedLease,
  expectMoved,
  leaseOf,
  leaseUnder,
  purseOf,
  wholeOf,
} from "../helpers/disputes.ts";
import { Status } from "../helpers/enums.ts";
import {
  AMOUNT,
  endedByProvider,
  freeOf,
  lapse,
  pausedLease,
  report,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { ASKED, AWARD } from "../helpers/scenes.ts";
import { LAPSE_PERIOD, RULING_PERIOD, advance, now } from "../helpers/time.ts";
import { deploySecondToken } from "../helpers/tokens.ts";
import { COLLATERAL, REPORT_PERIOD, STAKE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";

const NOTHING = [0n, 0n, 0n, false, false];

describe("openDispute for an amount", () => {
  it("takes one base unit and all of the collateral", async () => {
    for (const amount of [1n, COLLATERAL]) {
      const lease = await leaseOf();
      const before = await purseOf(lease.world);
      await lease.world.market.connect(lease.world.tenant).openDispute(lease.leaseId, amount, "");
      await expectMoved(lease, before, { tenant: -BOND });
      expect((await disputeOf(lease)).amount).to.equal(amount);
    }
  });

  it("refuses nothing, one unit more than the collateral, and what only looks small in 96 bits", async () => {
    const { world, leaseId } = await leaseOf();
    for (const amount of [0n, COLLATERAL + 1n, MAX_BALANCE + 1n + ASKED, 2n ** 256n - 1n]) {
      await expect(world.market.connect(world.tenant).openDispute(leaseId, amount, ""))
        .to.be.revertedWithCustomError(world.market, "DisputeAmountOutOfBounds")
        .withArgs(leaseId, amount, COLLATERAL);
    }
  });

  it("keeps the largest amount there is to the last unit, and awards it", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, arbitrator, usd: token } = world;
    await token.mint(owner, MAX_BALANCE);
    await token.mint(tenant, MAX_BALANCE);
    await market.connect(owner).stake(token, MAX_BALANCE);
    await market.connect(tenant).deposit(token, MAX_BALANCE);
    const terms = termsOf(token, { collateral: MAX_BALANCE, arbitrator: arbitrator.address });
    const leaseId = await startLease(world, { offerId: await createOffer(market, owner, terms) });
    const before = await purseOf(world);
    await market.connect(tenant).openDispute(leaseId, MAX_BALANCE, "");
    const lease = { world, leaseId };
    await expectMoved(lease, before, { tenant: -(MAX_BALANCE / 10n + 1n) });
    await market.connect(arbitrator).rule(leaseId, MAX_BALANCE, "");
    await expectMoved(lease, before, { tenant: MAX_BALANCE, staked: -MAX_BALANCE, locked: -MAX_BALANCE });
  });
});

describe("openDispute for a bond", () => {
  it("takes a tenth of the collateral, rounded up, and gives back exactly that", async () => {
    for (const [collateral, bond] of [
      [1n, 1n],
      [9n, 1n],
      [10n, 1n],
      [11n, 2n],
      [20n, 2n],
      [101n, 11n],
    ] as const) {
      const lease = await leaseUnder({ collateral });
      const { market, tenant, stranger } = lease.world;
      const before = await purseOf(lease.world);
      await market.connect(tenant).openDispute(lease.leaseId, collateral, "");
      await expectMoved(lease, before, { tenant: -bond });
      expect((await disputeOf(lease)).bond).to.equal(bond);
      await awaitRuling(lease, 1n);
      await market.connect(stranger).expireDispute(lease.leaseId);
      await expectMoved(lease, before, {});
    }
  });

  it("takes the same bond for the smallest amount", async () => {
    const lease = await leaseUnder({ collateral: 101n });
    const before = await purseOf(lease.world);
    await lease.world.market.connect(lease.world.tenant).openDispute(lease.leaseId, 1n, "");
    await expectMoved(lease, before, { tenant: -11n });
  });

  it("takes the last unit of the free balance, and is refused for one that is missing", async () => {
    const { world, leaseId } = await leaseOf();
    const { market, usd: token, tenant } = world;
    await market.connect(tenant).withdraw(token, usd(1) - BOND + 1n, tenant);
    await expect(market.connect(tenant).openDispute(leaseId, ASKED, ""))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, tenant, BOND, BOND - 1n);
    expect(await disputeOf({ world, leaseId })).to.deep.equal(NOTHING);
    await market.connect(tenant).deposit(token, 1n);
    await market.connect(tenant).openDispute(leaseId, ASKED, "");
    expect(await freeOf(world, tenant)).to.equal(0n);
  });

  it("comes from the currency of the lease, and from no other", async () => {
    const { world, leaseId } = await leaseOf();
    const { market, tenant, usd: token } = world;
    const other = await deploySecondToken(world);
    await market.connect(tenant).deposit(other, usd(1));
    await market.connect(tenant).withdraw(token, usd(1), tenant);
    await expect(market.connect(tenant).openDispute(leaseId, ASKED, ""))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, tenant, BOND, 0n);
    expect(await market.balanceOf(other, tenant)).to.equal(usd(1));
  });
});

describe("openDispute a second time", () => {
  it("is refused while the dispute is open and whenever it is over, whatever came of it", async () => {
    const { world, leaseId } = await leaseOf();
    const { market, tenant, arbitrator, stranger } = world;
    await market.connect(tenant).deposit(world.usd, usd(10));
    const [awarded, dismissed] = [await startLease(world), await endedByProvider(world)];
    const expired = await pausedLease(world);
    const ids = [leaseId, awarded, dismissed, expired];
    for (const id of ids) await market.connect(tenant).openDispute(id, ASKED, "");
    await market.connect(arbitrator).rule(awarded, 1n, "");
    await market.connect(arbitrator).rule(dismissed, 0n, "");
    await advance(RULING_PERIOD + 1n);
    await market.connect(stranger).expireDispute(expired);
    await report(world);
    const voided = await startLease(world);
    await market.connect(tenant).openDispute(voided, ASKED, "");
    await lapse();
    await market.connect(tenant).close(voided);
    await report(world);
    for (const id of [...ids, voided]) {
      await expect(market.connect(tenant).openDispute(id, 1n, ""))
        .to.be.revertedWithCustomError(market, "DisputeAlreadyOpened")
        .withArgs(id);
    }
  });
});

describe("openDispute beside other leases", () => {
  it("freezes its own lease's collateral alone: another lease of the same tenant ends as ever", async () => {
    const { world, leaseId } = await disputedLease();
    const { market, tenant, owner, usd: token } = world;
    const other = await startLease(world);
    await expect(market.connect(tenant).close(other))
      .to.emit(market, "CollateralUnlocked")
      .withArgs(other, owner, COLLATERAL);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
    await market.connect(owner).withdrawStake(token, STAKE - COLLATERAL, owner);
    await expect(market.connect(owner).withdrawStake(token, 1n, owner))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(owner, token, 1n, 0n);
    expect((await summaryOf(world, leaseId)).collateral).to.equal(COLLATERAL);
  });

  it("stops nothing else: a disputed lease is billed, paused, resumed and topped up as its twin is", async () => {
    const { world, leaseId } = await leaseOf();
    const { market, operator, tenant } = world;
    const twin = await startLease(world);
    await market.connect(tenant).openDispute(leaseId, ASKED, "");
    await advance(1_000n);
    await market.settle([leaseId, twin]);
    for (const id of [leaseId, twin]) {
      await market.connect(operator).pause(0n, id);
      await market.connect(tenant).topUp(id, usd(1));
      await market.connect(operator).resume(0n, id);
    }
    await advance(777n);
    const [disputed, plain] = [await wholeOf({ world, leaseId }), await wholeOf({ world, leaseId: twin })];
    expect(disputed["balance"]).to.be.lessThan(AMOUNT + usd(1));
    expect(disputed).to.deep.equal({ ...plain, disputed: true });
    await market.connect(operator).complete(0n, leaseId, 0n, "");
    await market.connect(operator).complete(0n, twin, 0n, "");
    expect((await summaryOf(world, leaseId)).status).to.equal(Status.Closed);
  });
});

describe("disputeOf", () => {
  it("is all zero where there never was a dispute, and where there is no lease", async () => {
    const { world, leaseId } = await leaseOf();
    for (const id of [leaseId, 0n, 99n]) {
      expect(await disputeOf({ world, leaseId: id })).to.deep.equal(NOTHING);
    }
  });

  it("tells what is asked, the bond and the last second, and whether it is open or over", async () => {
    const lease = await disputedLease();
    const { world, leaseId } = lease;
    const ruleBy = now() + RULING_PERIOD;
    const terms = [ASKED, BOND, ruleBy];
    expect(await disputeOf(lease)).to.deep.equal([...terms, true, false]);
    expect((await summaryOf(world, leaseId)).disputed).to.equal(true);
    await advance(RULING_PERIOD + LAPSE_PERIOD + REPORT_PERIOD);
    expect(await disputeOf(lease)).to.deep.equal([...terms, true, false]);
    await world.market.connect(world.tenant).close(leaseId);
    expect(await disputeOf(lease)).to.deep.equal([...terms, false, true]);
    expect((await summaryOf(world, leaseId)).disputed).to.equal(false);
  });

  it("keeps its terms when it was ruled on or has expired", async () => {
    for (const award of [AWARD, 0n, null]) {
      const lease = await disputedLease();
      const { market, arbitrator, stranger } = lease.world;
      const [amount, bond, ruleBy] = await disputeOf(lease);
      if (award === null) {
        await awaitRuling(lease, 1n);
        await market.connect(stranger).expireDispute(lease.leaseId);
      } else await market.connect(arbitrator).rule(lease.leaseId, award, "");
      expect(await disputeOf(lease)).to.deep.equal([amount, bond, ruleBy, false, true]);
      expect((await summaryOf(lease.world, lease.leaseId)).disputed).to.equal(false);
    }
  });
});
