// SPDX-License-Identifier: Apache-2.0
import { usd } from "./amounts.ts";
import type { StatusName } from "./enums.ts";
import {
  depletedLease,
  endedByProvider,
  lapse,
  openLease,
  pausedLease,
  report,
  serve,
  startLease,
} from "./leases.ts";
import type { OpenOptions } from "./leases.ts";
import type { Fact } from "./state-machine.ts";
import { DISPUTE_WINDOW, LAPSE_PERIOD, RULING_PERIOD, advance } from "./time.ts";
import { MIN_PERIOD, REPORT_PERIOD, RETENTION_PERIOD, START_PERIOD } from "./world.ts";
import type { World } from "./world.ts";

/** What a tenant asks for in every dispute, and what he gets where he gets anything. */
export const ASKED = usd(3);
export const AWARD = usd(2);

/** What every top-up brings. */
export const TOP_UP = usd(2);

type Build = (world: World, options: OpenOptions) => Promise<bigint>;
type Act = (world: World, leaseId: bigint, options: OpenOptions) => Promise<unknown>;

/** A lease in one status, in the last or the first second of what the facts say. */
export interface Scene {
  status: StatusName;
  facts: Fact[];
  build: Build;
}

function then(build: Build, ...acts: Act[]): Build {
  return async (world, options) => {
    const leaseId = await build(world, options);
    for (const act of acts) await act(world, leaseId, options);
    return leaseId;
  };
}

const wait =
  (seconds: bigint): Act =>
  () =>
    advance(seconds);

const reported: Act = (world) => report(world);

const complain: Act = (world, leaseId, { tenant }) =>
  world.market.connect(tenant ?? world.tenant).openDispute(leaseId, ASKED, "");

const ruled =
  (award: bigint): Act =>
  (world, leaseId) =>
    world.market.connect(world.arbitrator).rule(leaseId, award, "");

const unjudged =
  (build: Build): Build =>
  (world, options) =>
    build(world, { ...options, offerId: world.unjudgedOfferId });

const closedByTenant: Act = (world, leaseId, { tenant }) =>
  world.market.connect(tenant ?? world.tenant).close(leaseId);

const pendingAfterSilence: Build = async (world, options) => {
  await advance(REPORT_PERIOD);
  return openLease(world, options);
};

/** Started so long after the last report that the clock stalls a second inside the minimum. */
const startedBeforeSilence: Build = async (world, options) => {
  await advance(REPORT_PERIOD - MIN_PERIOD + 1n);
  return startLease(world, options);
};

/** The disputes of a lease that is open, each a period of the provider's clock old. */
function disputesOf(status: StatusName, build: Build): Record<string, Scene> {
  const disputed = then(build, complain);
  const name = status.toLowerCase();
  return {
    [`${name}, disputed`]: {
      status,
      facts: ["disputed"],
      build: then(disputed, wait(RULING_PERIOD), reported),
    },
    [`${name}, dispute overdue`]: {
      status,
      facts: ["disputed", "overdue"],
      build: then(disputed, wait(RULING_PERIOD + 1n), reported),
    },
    [`${name}, dispute dismissed`]: {
      status,
      facts: ["ruled"],
      build: then(disputed, ruled(0n), reported, wait(REPORT_PERIOD)),
    },
    [`${name}, award paid`]: {
      status,
      facts: ["ruled", "bare"],
      build: then(disputed, ruled(AWARD), reported, wait(REPORT_PERIOD)),
    },
    [`${name}, nobody to judge`]: {
      status,
      facts: ["unjudged"],
      build: then(unjudged(build), reported, wait(REPORT_PERIOD)),
    },
  };
}

const OPEN: Record<string, Scene> = {
  none: { status: "None", facts: [], build: async () => 99n },
  pending: { status: "Pending", facts: [], build: then(openLease, wait(START_PERIOD)) },
  "pending, late": { status: "Pending", facts: ["late"], build: then(openLease, wait(START_PERIOD + 1n)) },
  "pending, silent": { status: "Pending", facts: ["silent"], build: then(pendingAfterSilence, wait(1n)) },
  active: { status: "Active", facts: [], build: then(startLease, wait(REPORT_PERIOD)) },
  "active, early": { status: "Active", facts: ["early"], build: then(startLease, wait(MIN_PERIOD - 1n)) },
  "active, silent": {
    status: "Active",
    facts: ["silent"],
    build: then(startLease, wait(REPORT_PERIOD + 1n)),
  },
  "active, minimum over": { status: "Active", facts: [], build: then(startLease, wait(MIN_PERIOD)) },
  "active, a second before depletion": {
    status: "Active",
    facts: [],
    build: then(
      (world, options) => startLease(world, { ...options, amount: usd(1) }),
      wait(REPORT_PERIOD - 1n),
    ),
  },
  "active, a second before the lapse": {
    status: "Active",
    facts: ["silent"],
    build: then(startLease, wait(REPORT_PERIOD + LAPSE_PERIOD)),
  },
  ...disputesOf("Active", startLease),
  paused: { status: "Paused", facts: [], build: then(pausedLease, wait(REPORT_PERIOD)) },
  "paused, silent": {
    status: "Paused",
    facts: ["silent"],
    build: then(pausedLease, wait(REPORT_PERIOD + 1n)),
  },
  ...disputesOf("Paused", pausedLease),
  depleted: { status: "Depleted", facts: [], build: depletedLease },
  "depleted, silent": { status: "Depleted", facts: ["silent"], build: then(depletedLease, wait(1n)) },
  "depleted, a second before over": {
    status: "Depleted",
    facts: [],
    build: then(depletedLease, reported, (world) => serve(world, RETENTION_PERIOD - 1n)),
  },
  "depleted, over": {
    status: "Depleted",
    facts: ["over"],
    build: then(depletedLease, reported, (world) => serve(world, RETENTION_PERIOD)),
  },
  "depleted, over, disputed": {
    status: "Depleted",
    facts: ["over", "disputed"],
    build: then(depletedLease, reported, (world) => serve(world, RETENTION_PERIOD), complain),
  },
  ...disputesOf("Depleted", depletedLease),
};

const ENDED: Record<string, Scene> = {
  lapsed: { status: "Lapsed", facts: ["silent"], build: then(startLease, lapse) },
  "lapsed, paused": { status: "Lapsed", facts: ["silent", "paused"], build: then(pausedLease, lapse) },
  "lapsed, early": {
    status: "Lapsed",
    facts: ["silent", "early"],
    build: then(startedBeforeSilence, lapse),
  },
  "lapsed, disputed": {
    status: "Lapsed",
    facts: ["silent", "disputed"],
    build: then(startLease, complain, lapse),
  },
  "lapsed, dispute overdue": {
    status: "Lapsed",
    facts: ["silent", "disputed", "overdue"],
    build: then(startLease, complain, wait(RULING_PERIOD + 1n)),
  },
  "lapsed, dispute dismissed": {
    status: "Lapsed",
    facts: ["silent", "ruled"],
    build: then(startLease, complain, ruled(0n), lapse),
  },
  "lapsed, award paid": {
    status: "Lapsed",
    facts: ["silent", "ruled", "bare"],
    build: then(startLease, complain, ruled(AWARD), lapse),
  },
  closed: { status: "Closed", facts: [], build: then(endedByProvider, wait(DISPUTE_WINDOW), reported) },
  "closed, past": {
    status: "Closed",
    facts: ["past"],
    build: then(endedByProvider, wait(DISPUTE_WINDOW + 1n), reported),
  },
  "closed by the tenant": { status: "Closed", facts: ["bare"], build: then(startLease, closedByTenant) },
  "closed, disputed": {
    status: "Closed",
    facts: ["disputed", "past"],
    build: then(endedByProvider, complain, wait(RULING_PERIOD), reported),
  },
  "closed by the tenant, disputed": {
    status: "Closed",
    facts: ["disputed"],
    build: then(startLease, complain, closedByTenant),
  },
  "closed, dispute overdue": {
    status: "Closed",
    facts: ["disputed", "overdue", "past"],
    build: then(endedByProvider, complain, wait(RULING_PERIOD + 1n), reported),
  },
  "closed, dispute dismissed": {
    status: "Closed",
    facts: ["ruled", "bare"],
    build: then(endedByProvider, complain, ruled(0n)),
  },
  "closed, nobody to judge": {
    status: "Closed",
    facts: ["unjudged", "bare"],
    build: unjudged(endedByProvider),
  },
};

/** Every status, with and without every fact that a rule asks about. */
export const SCENES: Record<string, Scene> = { ...OPEN, ...ENDED };
