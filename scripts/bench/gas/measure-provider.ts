// SPDX-License-Identifier: Apache-2.0
import type { Note } from "./measure.ts";
import { call, usd } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { ENDPOINT, GPU_MODEL, METADATA_URI } from "./words.ts";

const REPORT_PERIOD = 3_600n;
const STAKE = usd(1_000_000);
const DEPOSIT = usd(100_000);
const CAPACITY = 20_000;

/** The daemon's number, from its first act of taking the provider over. */
export const INSTANCE = 1n;

/** A provider comes: registers, stakes twice, makes its second offer. Answers the second offer's number. */
export async function measureProvider(stage: Stage, note: Note): Promise<bigint> {
  const { owner, operator, tenant, token } = stage;
  await call(stage, tenant, "deposit", [token.address, DEPOSIT]);
  const registration = [operator, REPORT_PERIOD, ENDPOINT, METADATA_URI];
  await note("register", await call(stage, owner, "register", registration));
  await call(stage, operator, "claimInstance", [owner, INSTANCE - 1n]);
  await note("stakeFirst", await call(stage, owner, "stake", [token.address, STAKE]));
  await note("stake", await call(stage, owner, "stake", [token.address, STAKE]));
  await call(stage, owner, "deposit", [token.address, DEPOSIT]);
  await call(stage, owner, "createOffer", offerOf(stage));
  await note("createOffer", await call(stage, owner, "createOffer", offerOf(stage)));
  return 2n;
}

/** One dollar an hour, five dollars of collateral, somebody to judge, a minimum of ten minutes: every word of an offer is used. */
function offerOf({ token, arbitrator }: Stage): unknown[] {
  const terms = {
    token: token.address,
    milliRatePerSecond: 277_778n,
    collateral: usd(5),
    arbitrator,
    minPeriod: 600,
    startPeriod: 600,
    retentionPeriod: 86_400,
  };
  const resources = {
    cpuMillis: 2_000,
    memoryMiB: 4_096,
    storageMiB: 20_480,
    gpuCount: 1,
    gpuModel: GPU_MODEL,
  };
  return [terms, CAPACITY, resources, METADATA_URI];
}
