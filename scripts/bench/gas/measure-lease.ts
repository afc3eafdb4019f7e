// SPDX-License-Identifier: Apache-2.0
import type { Mined } from "./chain.ts";
import type { Note } from "./measure.ts";
import { INSTANCE } from "./measure-provider.ts";
import { call, usd } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { MANIFEST_HASH, REPORT_URI, USAGE_ROOT } from "./words.ts";

const RATE_BOUND = 300_000n;
const AMOUNT = usd(24);
const TOP_UP = usd(6);
const HALF_HOUR = 1_800;

/** The arguments of `open` and its variants. */
function opening({ owner, tenant }: Stage, offerId: bigint): unknown[] {
  return [offerId, owner, RATE_BOUND, AMOUNT, MANIFEST_HASH, tenant];
}

/** The daemon's report with nothing inline. */
export function report(stage: Stage): Promise<Mined> {
  const { owner, operator } = stage;
  return call(stage, operator, "report", [owner, INSTANCE, USAGE_ROOT, REPORT_URI, []]);
}

/**
 * The first lease, which stays and makes no counter zero again, then the single operations on further ones. Answers the whole
 * life of the last: opened, started, closed, and a part of what its provider has withdrawn.
 */
export async function measureLease(stage: Stage, offerId: bigint, note: Note): Promise<number> {
  const { tenant, operator, owner, payee, token, chain } = stage;
  await call(stage, tenant, "open", opening(stage, offerId));
  await call(stage, operator, "start", [INSTANCE, [1n]]);
  await report(stage);
  chain.advance(HALF_HOUR);
  await note("report1", await report(stage));

  await note("openFromBalance", await call(stage, tenant, "openFromBalance", opening(stage, offerId)));
  await call(stage, operator, "start", [INSTANCE, [2n]]);
  chain.advance(HALF_HOUR);
  await report(stage);
  await note("settle", await call(stage, tenant, "settle", [[2n]]));
  await note("topUp", await call(stage, tenant, "topUp", [2n, TOP_UP]));
  await note("topUpFromBalance", await call(stage, tenant, "topUpFromBalance", [2n, TOP_UP]));

  const life = [
    await note("open", await call(stage, tenant, "open", opening(stage, offerId))),
    await note("start", await call(stage, operator, "start", [INSTANCE, [3n]])),
  ];
  chain.advance(HALF_HOUR);
  await report(stage);
  life.push(
    await note("close", await call(stage, tenant, "close", [3n])),
    await note("withdraw", await call(stage, owner, "withdraw", [token.address, usd(1), payee])),
  );
  await call(stage, tenant, "close", [2n]);
  return life.reduce((sum, gas) => sum + gas, 0);
}
