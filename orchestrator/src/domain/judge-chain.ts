// SPDX-License-Identifier: Apache-2.0
import { inWords } from "./duration.ts";
import { unknown, well, type Finding } from "./health.ts";

/** Seconds that the newest block may stand before the endpoint counts as behind. */
const HEAD_PATIENCE = 180;
/** Seconds by which the machine and the chain may differ. */
const MOST_SKEW = 60;
const WAITS =
  "nothing yet: nothing is stopped or started; reports stop, and with them the pay, if this lasts";

/** What was seen of the newest block. Times in seconds since 1970 by the machine, except `timestamp`. */
export interface HeadSight {
  readonly number: bigint;
  /** As the chain counts. */
  readonly timestamp: number;
  /** When this block was first seen. */
  readonly seenAt: number;
  readonly now: number;
  /** True where it came while we looked: then the time since `seenAt` is how long it has stood. */
  readonly cameWhileLooking: boolean;
}

/** The chain's time now: the newest block's, plus what has gone by since it was seen. Right whatever the machine's clock says. */
export function chainTime({ timestamp, seenAt, now }: HeadSight): number {
  return timestamp + Math.max(0, now - seenAt);
}

/** How many seconds the newest block has stood, as far as is known. */
export function headLag({ timestamp, seenAt, now, cameWhileLooking }: HeadSight): number {
  return Math.max(0, now - seenAt, cameWhileLooking ? 0 : now - timestamp);
}

/** Whether the endpoint answers with a fresh head. `onDemand`: the chain makes blocks only when somebody sends. */
export function judgeChain(head: HeadSight | null, failureCode: string | null, onDemand: boolean): Finding {
  if (head === null) {
    return {
      state: "failing",
      what: `The RPC of the chain does not answer (${failureCode ?? "not asked yet"}).`,
      atRisk: WAITS,
      next: "Check BERTH_RPC_URL, its key and the network, or use another endpoint.",
    };
  }
  const lag = headLag(head);
  if (onDemand || lag <= HEAD_PATIENCE) return well(`The newest block is ${head.number}.`);
  return {
    state: "failing",
    what: `The newest block is ${head.number}, and it has stood for ${inWords(lag)}.`,
    atRisk: WAITS,
    next: "See whether the chain makes blocks; if it does, the endpoint is behind: use another one.",
  };
}

/**
 * Whether machine and chain agree on the time. A block is never from the future, so one that is later than now proves the machine
 * slow; one that has just come and is old proves it fast; one that was there already proves nothing.
 */
export function judgeClock(head: HeadSight | null, onDemand: boolean): Finding {
  if (head === null) return unknown("the chain does not answer");
  const behind = head.timestamp - head.seenAt;
  if (behind > MOST_SKEW) return skewed("behind", behind);
  if (-behind <= MOST_SKEW) return well("Machine and chain agree on the time, to a minute.");
  if (head.cameWhileLooking) return skewed("ahead of", -behind);
  if (onDemand) return well("The chain makes blocks on demand, and none is from the future.");
  return unknown("no block has come since the daemon started to look");
}

function skewed(how: string, seconds: number): Finding {
  return {
    state: "failing",
    what: `This machine's clock is ${inWords(seconds)} ${how} the chain's.`,
    atRisk: "no amount: the chain's time counts; tenants' signed requests are refused as expired",
    next: "Set the clock: `timedatectl set-ntp true`.",
  };
}
