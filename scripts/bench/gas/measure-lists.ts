// SPDX-License-Identifier: Apache-2.0
import type { Contract } from "./chain.ts";
import { compileContract } from "./compile.ts";
import type { Note } from "./measure.ts";
import { report } from "./measure-lease.ts";
import { INSTANCE } from "./measure-provider.ts";
import { call, usd } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { REPORT_URI, USAGE_ROOT, usageOf } from "./words.ts";

/** Leases up to here were opened one by one; the first of them is still open. */
const FIRST_OF_CROWD = 4n;
const HALF_HOUR = 1_800;
const MANY = [100, 10_000] as const;
/** As many as fit a transaction. */
const BATCH = 100;
const CROWD_AMOUNT = usd(24);

/** Reports with many leases open, then what takes lists, over the youngest of them. */
export async function measureLists(stage: Stage, offerId: bigint, length: number, note: Note): Promise<void> {
  const { owner, operator, payee, tenant, token, chain } = stage;
  const crowd = await fundCrowd(stage);
  let open = 1;
  for (const count of MANY) {
    await openCrowd(stage, crowd, offerId, FIRST_OF_CROWD + BigInt(open - 1), count - open);
    open = count;
    await report(stage);
    chain.advance(HALF_HOUR);
    await note(`report${count}`, await report(stage));
  }
  const last = FIRST_OF_CROWD + BigInt(open) - 2n;
  const ids = Array.from({ length }, (_, index) => last - BigInt(length - 1 - index));
  const inline = [owner, INSTANCE, USAGE_ROOT, REPORT_URI, ids.map(usageOf)];
  await note("inlinePerLease", await call(stage, operator, "report", inline));
  await note("settlePerLease", await call(stage, tenant, "settle", [ids]));
  chain.advance(HALF_HOUR);
  await report(stage);
  await note("claimPerLease", await call(stage, owner, "claim", [token.address, ids, payee]));
}

/** Opens and starts leases, the first of them under the number given. */
async function openCrowd(
  stage: Stage,
  crowd: Contract,
  offerId: bigint,
  first: bigint,
  count: number,
): Promise<void> {
  const { chain, market, owner, operator, tenant } = stage;
  for (let opened = 0; opened < count; opened += BATCH) {
    const size = Math.min(BATCH, count - opened);
    const ids = Array.from({ length: size }, (_, index) => first + BigInt(opened + index));
    const args = [market.address, offerId, owner, CROWD_AMOUNT, size];
    await chain.send({ from: tenant, to: crowd, name: "open", args });
    await call(stage, operator, "start", [INSTANCE, ids]);
  }
}

/** A contract wallet with enough money in the market for every lease. */
async function fundCrowd({ chain, deployer, market, tenant, token }: Stage): Promise<Contract> {
  const code = await compileContract("contracts/mocks/CrowdTenant.sol", "CrowdTenant");
  const crowd = await chain.deploy(deployer, code, []);
  const amount = BigInt(MANY[1]) * CROWD_AMOUNT;
  await chain.send({ from: tenant, to: token, name: "transfer", args: [crowd.address, amount] });
  await chain.send({ from: tenant, to: crowd, name: "deposit", args: [market.address, token.address] });
  return crowd;
}
