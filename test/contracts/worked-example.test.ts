// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { usd } from "../helpers/amounts.ts";
import { Cause, Reason, Status } from "../helpers/enums.ts";
import { openLease, report, startExisting, summaryOf } from "../helpers/leases.ts";
import { HOUR, advance } from "../helpers/time.ts";
import { MIN_PERIOD, RATE, REPORT_PERIOD, STAKE, loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

async function startedAtClock100(): Promise<{ world: World; leaseId: bigint }> {
  const world = await loadWorld();
  const leaseId = await openLease(world, { amount: 1_000_000n });
  await advance(100n);
  await startExisting(world, [leaseId]);
  return { world, leaseId };
}

async function shares(world: World): Promise<bigint[]> {
  const { market, usd: token, owner, tenant } = world;
  return [await market.balanceOf(token, owner), await market.balanceOf(token, tenant)];
}

describe("the worked example: 1 USDC an hour, a minimum of 600 s, a report period of 3,600 s", () => {
  it("has the parameters of the page", () => {
    expect([RATE, MIN_PERIOD, REPORT_PERIOD, usd(1)]).to.deep.equal([277_778n, 600n, 3_600n, 1_000_000n]);
  });

  it("gives 166,666 to the provider and 833,334 back, where the tenant closes at clock 130", async () => {
    const { world, leaseId } = await startedAtClock100();
    await advance(30n);
    await world.market.connect(world.tenant).close(leaseId);
    expect(await shares(world)).to.deep.equal([166_666n, 833_334n]);
  });

  it("gives 8,333 to the provider and 991,667 back, where he closes at clock 130", async () => {
    const { world, leaseId } = await startedAtClock100();
    await advance(30n);
    await world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Unspecified);
    expect(await shares(world)).to.deep.equal([8_333n, 991_667n]);
  });

  it("is all used at clock 3,700, depleted and not lapsed, where the last report was 5 h before the tenant's close", async () => {
    const { world, leaseId } = await startedAtClock100();
    await report(world);
    await advance(5n * HOUR);
    const summary = await summaryOf(world, leaseId);
    expect([summary.clockNow, summary.status, summary.refundable]).to.deep.equal([
      3_700n,
      Status.Depleted,
      0n,
    ]);
    await world.market.connect(world.tenant).close(leaseId);
    expect(await shares(world)).to.deep.equal([1_000_000n, 0n]);
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.TenantClosed);
    expect(await world.market.stakeOf(world.usd, world.owner)).to.deep.equal([STAKE, 0n]);
  });
});
