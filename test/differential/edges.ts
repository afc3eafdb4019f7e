// SPDX-License-Identifier: Apache-2.0
import { delegationOf } from "../model/delegates.ts";
import { depletionClock, offerOf, providerOf, retainedUntil } from "../model/lease-math.ts";
import type { Lease, Provider, State } from "../model/state.ts";
import type { Cast } from "./cast.ts";
import type { Dice } from "./dice.ts";

const FAR = 7_200n;
const FARTHEST = 2_000_000n;
const NEAREST = 4;

/** The last second of a period, with the one before and the one after. */
function about(time: bigint): bigint[] {
  return [time - 1n, time, time + 1n];
}

/** The times at which a provider's clock is about at a point, if he stays there for it. */
function aboutClock({ clock, lastReportAt, reportPeriod }: Provider, point: bigint): bigint[] {
  const ahead = point - clock;
  return about(lastReportAt + ahead).filter((time) => time <= lastReportAt + reportPeriod);
}

/** Every second at which something about a lease begins or ends, with its neighbours. */
function edgesOf(state: State, lease: Lease, cast: Cast): bigint[] {
  const provider = providerOf(state, lease);
  const { minPeriod, token } = offerOf(state, lease).terms;
  const { settledClock, startBy, closedAt, dispute, tenant } = lease;
  const silentFrom = provider.lastReportAt + provider.reportPeriod;
  return [
    ...aboutClock(provider, depletionClock(lease)),
    ...aboutClock(provider, retainedUntil(state, lease)),
    ...aboutClock(provider, settledClock + minPeriod),
    ...about(silentFrom),
    ...about(silentFrom + state.lapsePeriod),
    ...(lease.started ? [] : about(startBy)),
    ...(closedAt > 0n ? about(closedAt + state.disputeWindow) : []),
    ...(dispute?.open === true ? about(dispute.ruleBy) : []),
    ...about(delegationOf(state, tenant, token, cast.of.delegate).until),
  ];
}

/** Still to be started, and in time. */
function isWaiting({ now }: State, { started, closedAt, startBy }: Lease): boolean {
  return !started && closedAt === 0n && now <= startBy;
}

/** When the next call happens: now, soon, or at an edge of the lease in focus, the nearest most often. */
export function nextTime(state: State, dice: Dice, focus: Lease | undefined, cast: Cast): bigint {
  const { now } = state;
  const ruleBy = focus?.dispute?.open === true ? focus.dispute.ruleBy : 0n;
  if (ruleBy > now && dice.chance(0.12)) return dice.pick(about(ruleBy));
  const kind = dice.weigh([
    ["now", focus !== undefined && isWaiting(state, focus) ? 130 : 42],
    ["soon", 12],
    ["later", 10],
    ["edge", 36],
  ]);
  if (kind === "soon") return now + dice.between(1n, 5n);
  if (kind === "later") return now + dice.between(1n, 240n);
  if (kind === "now" || focus === undefined) return now;
  const ahead = edgesOf(state, focus, cast).filter((time) => time >= now && time <= now + FARTHEST);
  ahead.sort((one, other) => Number(one - other));
  const near = ahead.filter((time) => time <= now + FAR);
  const edges = dice.weigh([
    [ahead.slice(0, NEAREST), 14],
    [near, 5],
    [ahead, 2],
  ]);
  return edges.length === 0 ? now : dice.pick(edges);
}
