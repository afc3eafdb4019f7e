// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { LeaseSummaryStructOutput } from "../../typechain-types/ComputeMarket.ts";
import { usd } from "../helpers/amounts.ts";
import { networkHelpers } from "../helpers/chain.ts";
import { Reason, Status } from "../helpers/enums.ts";
import type { ReasonName } from "../helpers/enums.ts";
import { summaryOf } from "../helpers/leases.ts";
import { MATRIX, SCENES, send } from "../helpers/matrix.ts";
import type { Outcome } from "../helpers/matrix.ts";
import { syncTime } from "../helpers/time.ts";
import { COLLATERAL, loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

interface Ledger {
  lease: LeaseSummaryStructOutput;
  staked: bigint;
  locked: bigint;
  sequence: bigint;
  taken: bigint;
}

const AWARDED: ReasonName[] = ["ProviderClosed", "Depleted", "Completed"];

async function readLedger(world: World, leaseId: bigint): Promise<Ledger> {
  const { market, usd: token, owner, offerId } = world;
  const { staked, locked } = await market.stakeOf(owner, token);
  const { sequence } = await market.providerOf(owner);
  const { taken } = await market.offerOf(offerId);
  return { lease: await summaryOf(world, leaseId), staked, locked, sequence, taken };
}

async function expectMoneyAddsUp(world: World): Promise<void> {
  const { market, usd: token, owner, rival, operator, tenant, stranger } = world;
  const free = await Promise.all(
    [owner, operator, tenant, stranger].map((actor) => market.balanceOf(token, actor)),
  );
  const stakes = await Promise.all([owner, rival].map((actor) => market.stakeOf(actor, token)));
  const { balance } = await summaryOf(world, 1n);
  const owedNow = [...free, ...stakes.map(({ staked }) => staked), balance].reduce(
    (sum, part) => sum + part,
    0n,
  );
  expect(await token.balanceOf(market)).to.equal(owedNow);
}

function expectClose(before: Ledger, after: Ledger, reason: ReasonName): void {
  const forfeited = reason === "Lapsed" ? COLLATERAL : 0n;
  const stillLocked = AWARDED.includes(reason) ? COLLATERAL : 0n;
  expect([after.lease.status, after.lease.reason]).to.deep.equal([Status.Closed, Reason[reason]]);
  expect([after.staked, after.locked]).to.deep.equal([before.staked - forfeited, stillLocked]);
  expect([after.sequence, after.taken]).to.deep.equal([before.sequence + 1n, before.taken - 1n]);
}

function expectOutcome(before: Ledger, after: Ledger, outcome: Outcome): void {
  switch (outcome.kind) {
    case "skipped":
      expect(after).to.deep.equal(before);
      break;
    case "settled":
      expect(after.lease.settledClock).to.be.greaterThan(before.lease.settledClock);
      expect([after.lease.status, after.sequence]).to.deep.equal([before.lease.status, before.sequence]);
      break;
    case "released":
      expect([after.locked, after.lease.collateral]).to.deep.equal([before.locked - COLLATERAL, 0n]);
      break;
    case "kept":
      expect([after.lease.status, after.sequence]).to.deep.equal([before.lease.status, before.sequence + 1n]);
      break;
    case "status":
      expect([after.lease.status, after.sequence]).to.deep.equal([
        Status[outcome.status],
        before.sequence + 1n,
      ]);
      break;
    case "closed":
      expectClose(before, after, outcome.reason);
      break;
    case "refused":
      throw new Error("a refusal has no ledger");
  }
}

async function fundFreeBalances(world: World): Promise<void> {
  const { market, usd: token, owner, operator, tenant, stranger } = world;
  await token.connect(operator).mint(operator, usd(20));
  await token.connect(operator).approve(market, usd(20));
  for (const actor of [owner, operator, tenant, stranger]) {
    await market.connect(actor).deposit(token, usd(10));
  }
}

describe("status x function x role", () => {
  for (const [scene, { status, build }] of Object.entries(SCENES)) {
    describe(scene, () => {
      let world: World;
      let leaseId: bigint;
      let restore: () => Promise<void>;

      before(async () => {
        world = await loadWorld();
        await fundFreeBalances(world);
        leaseId = await build(world);
        const snapshot = await networkHelpers.takeSnapshot();
        restore = () => snapshot.restore();
      });

      it("is the scene that it is called", async () => {
        expect(await world.market.statusOf(leaseId)).to.equal(Status[status]);
        await expectMoneyAddsUp(world);
      });

      for (const { call, roles, outcomes } of MATRIX) {
        const outcome = outcomes.get(scene);
        for (const role of roles) {
          it(`${call} by ${role}: ${JSON.stringify(outcome)}`, async () => {
            await restore();
            await syncTime();
            const before = await readLedger(world, leaseId);
            if (outcome?.kind === "refused") {
              const { error } = outcome;
              await expect(send(world, call, role, leaseId)).to.be.revertedWithCustomError(
                world.market,
                error,
              );
              expect(await readLedger(world, leaseId)).to.deep.equal(before);
            } else if (outcome !== undefined) {
              await send(world, call, role, leaseId);
              expectOutcome(before, await readLedger(world, leaseId), outcome);
              await expectMoneyAddsUp(world);
            }
          });
        }
      }
    });
  }

  it("has a cell for every scene, so that no row passes by being empty", () => {
    for (const { outcomes } of MATRIX) expect(outcomes.size).to.equal(Object.keys(SCENES).length);
    expect(MATRIX.length).to.equal(28);
  });
});
