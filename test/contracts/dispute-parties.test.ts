// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Actor } from "../helpers/actors.ts";
import { usd } from "../helpers/amounts.ts";
import { BOND, awaitRuling, bannableLease, expectMoved, purseOf } from "../helpers/disputes.ts";
import type { Case } from "../helpers/disputes.ts";
import { Cause } from "../helpers/enums.ts";
import { freeOf, lapse, startLease, summaryOf } from "../helpers/leases.ts";
import { ASKED, AWARD } from "../helpers/scenes.ts";
import { COLLATERAL, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const RULINGS = [
  [AWARD, { tenant: AWARD + BOND, staked: -AWARD, locked: -COLLATERAL }],
  [0n, { provider: BOND }],
] as const;

/** A lease with an open dispute, where tenant and arbitrator are whom the test says. */
async function between(cast: (world: World) => { tenant: Actor; arbitrator: Actor }): Promise<Case> {
  const world = await loadWorld();
  const { tenant, arbitrator } = cast(world);
  const { market, owner, usd: token } = world;
  const terms = termsOf(token, { arbitrator: arbitrator.address });
  const leaseId = await startLease(world, { tenant, offerId: await createOffer(market, owner, terms) });
  await market.connect(tenant).deposit(token, usd(1));
  await market.connect(tenant).openDispute(leaseId, ASKED, "");
  return { world, leaseId };
}

const selfServed = (): Promise<Case> => between(({ owner, arbitrator }) => ({ tenant: owner, arbitrator }));

describe("rule between two who are one", () => {
  it("moves a provider's bond and award from his one pocket to the other, where he is his own tenant", async () => {
    for (const [award, changes] of [
      [AWARD, { provider: AWARD + BOND, staked: -AWARD, locked: -COLLATERAL }],
      [0n, { provider: BOND }],
    ] as const) {
      const lease = await selfServed();
      const before = await purseOf(lease.world);
      await lease.world.market.connect(lease.world.arbitrator).rule(lease.leaseId, award, "");
      await expectMoved(lease, before, changes);
    }
  });

  it("lets a tenant rule whom his provider's offer names, by his word as by anybody's", async () => {
    for (const [award, changes] of RULINGS) {
      const lease = await between(({ tenant }) => ({ tenant, arbitrator: tenant }));
      const before = await purseOf(lease.world);
      await lease.world.market.connect(lease.world.tenant).rule(lease.leaseId, award, "");
      await expectMoved(lease, before, changes);
    }
  });

  it("lets a provider rule who names himself, which his tenant has seen in the offer", async () => {
    for (const [award, changes] of RULINGS) {
      const lease = await between(({ tenant, owner }) => ({ tenant, arbitrator: owner }));
      const before = await purseOf(lease.world);
      await lease.world.market.connect(lease.world.owner).rule(lease.leaseId, award, "");
      await expectMoved(lease, before, changes);
    }
  });
});

describe("expireDispute between two who are one", () => {
  it("gives a provider who is his own tenant the bond back once, and then forfeits to himself", async () => {
    const lease = await selfServed();
    const { world, leaseId } = lease;
    const { market, owner, stranger } = world;
    await awaitRuling(lease, 1n);
    const before = await purseOf(world);
    await market.connect(stranger).expireDispute(leaseId);
    await expectMoved(lease, before, { provider: BOND });
    const { balance } = await summaryOf(world, leaseId);
    await market.connect(owner).close(leaseId);
    await expectMoved(lease, before, {
      provider: BOND + balance + COLLATERAL,
      staked: -COLLATERAL,
      locked: -COLLATERAL,
    });
  });
});

describe("openDispute in a token that bans", () => {
  it("is opened by a banned tenant, from what he has in the market", async () => {
    const lease = await bannableLease();
    const { market, tenant } = lease.world;
    await lease.ban(tenant.address);
    const before = await purseOf(lease.world);
    await market.connect(tenant).openDispute(lease.leaseId, ASKED, "");
    await expectMoved(lease, before, { tenant: -BOND });
  });

  it("is ruled on though tenant, provider, arbitrator and market itself are banned", async () => {
    for (const [award, changes] of RULINGS) {
      const lease = await bannableLease();
      const { market, owner, tenant, arbitrator } = lease.world;
      await market.connect(tenant).openDispute(lease.leaseId, ASKED, "");
      for (const banned of [owner, tenant, arbitrator]) await lease.ban(banned.address);
      await lease.ban(await market.getAddress());
      const before = await purseOf(lease.world);
      await market.connect(arbitrator).rule(lease.leaseId, award, "");
      await expectMoved(lease, before, changes);
    }
  });

  it("expires though both parties are banned, and the collateral of a closed lease is free again", async () => {
    const lease = await bannableLease();
    const { world, leaseId } = lease;
    const { market, owner, operator, tenant, stranger } = world;
    await market.connect(tenant).openDispute(leaseId, ASKED, "");
    for (const banned of [owner, tenant]) await lease.ban(banned.address);
    await market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain);
    await awaitRuling(lease, 1n);
    const before = await purseOf(world);
    await market.connect(stranger).expireDispute(leaseId);
    await expectMoved(lease, before, { tenant: BOND, locked: -COLLATERAL });
  });

  it("is voided by a lapse though the provider is banned, and pays the tenant out at once", async () => {
    const lease = await bannableLease();
    const { world, leaseId } = lease;
    const { market, owner, tenant, payee, usd: token } = world;
    await market.connect(tenant).openDispute(leaseId, ASKED, "");
    await lease.ban(owner.address);
    await lapse();
    const [before, { accrued, refundable }] = [await purseOf(world), await summaryOf(world, leaseId)];
    await market.connect(tenant).close(leaseId);
    await expectMoved(lease, before, {
      tenant: refundable + BOND + COLLATERAL,
      provider: accrued,
      staked: -COLLATERAL,
      locked: -COLLATERAL,
    });
    const free = await freeOf(world, tenant);
    await market.connect(tenant).withdraw(token, free, payee);
    expect(await token.balanceOf(payee)).to.equal(free);
  });
});
