// SPDX-License-Identifier: Apache-2.0
import { inWords } from "./duration.ts";
import { unknown, well, type Finding } from "./health.ts";

/** Seconds that the newest block may stand before the endpoint counts as behind. */
const HEAD_PATIENCE = 180;
/** Seconds by which the machine and the chain may differ. */
const MOST_SKEW = 60;
const WAITS =
  "nothing yet: nothing is stopped or started; reports stop, and with them the pay, if this lasts";

/** What was seen of the newest block. Times in seconds. */
export interface HeadSight {
  readonly number: bigint;
  /** As the chain counts. */
  readonly timestamp: number;
  /** When this block was first seen, by the machine's wall clock. */
  readonly seenAt: number;
  /** The same by the monotonic clock, and that clock now: what lies between them is measured. */
  readonly since: number;
  readonly now: number;
  /** True where it came while we looked: then the time since it was seen is how long it has stood. */
  readonly cameWhileLooking: boolean;
}

/** The chain's time now: the newest block's, plus what has gone by since it was seen. Right whatever the machine's clock says. */
export function chainTime({ timestamp, since, now }: HeadSight): number {
  return timestamp + (now - since);
}

/** How many seconds the newest block has stood, as far as is known. */
export function headLag({ timestamp, seenAt, since, now, cameWhileLooking }: HeadSight): number {
  const ageAtSight = cameWhileLooking ? 0 : Math.max(0, seenAt - timestamp);
  return ageAtSight + (now - since);
}

/** How one of the ways to the chain is. `behind`: its head proves nothing. `failing`: it does not answer, or with the wrong chain. */
export type EndpointState = "serving" | "behind" | "failing";

/** What was seen of the chain. */
export interface ChainSight {
  /** The newest block; null where no endpoint showed one. */
  readonly head: HeadSight | null;
  /** Code of what kept the newest block, or else the one that is acted on, from being read. */
  readonly failureCode: string | null;
  /** The endpoints in the order of their list. */
  readonly endpoints: readonly EndpointState[];
  /** True where the chain makes blocks only when somebody sends. */
  readonly onDemand: boolean;
}

/** Whether the chain is seen through every endpoint, with a fresh head, and may be acted on. */
export function judgeChain({ head, failureCode, endpoints, onDemand }: ChainSight): Finding {
  if (head === null) {
    return {
      state: "failing",
      what: `The RPC of the chain does not answer (${failureCode ?? "not asked yet"}).`,
      atRisk: WAITS,
      next: "Check BERTH_RPC_URLS, its keys and the network, or use another endpoint.",
    };
  }
  const newest = `The newest block is ${head.number}`;
  if (failureCode !== null) {
    return {
      state: "failing",
      what: `${newest}, and nothing is decided on the chain (${failureCode}).`,
      atRisk: WAITS,
      next: "Read the daemon's log for that code, and compare the endpoints in BERTH_RPC_URLS with a block explorer.",
    };
  }
  const lag = headLag(head);
  if (!onDemand && lag > HEAD_PATIENCE) {
    return {
      state: "failing",
      what: `${newest}, and it has stood for ${inWords(lag)}.`,
      atRisk: WAITS,
      next: "See whether the chain makes blocks; if it does, the endpoint is behind: use another one.",
    };
  }
  return judgeEndpoints(endpoints) ?? well(`${newest}.`);
}

/** Endpoints are named by their place: their addresses are nobody's business but the provider's. */
function judgeEndpoints(endpoints: readonly EndpointState[]): Finding | null {
  const faults = endpoints.flatMap((state, index) => {
    if (state === "serving") return [];
    return [`number ${index + 1} ${state === "behind" ? "is behind" : "does not answer rightly"}`];
  });
  if (faults.length === 0) return null;
  return {
    state: "warning",
    what: `Of ${endpoints.length} endpoints, ${faults.join(", ")}.`,
    atRisk: "nothing yet: others are asked; if they fail too, reports stop, and with them the pay",
    next: "Read the daemon's log for `RPC is`, and mend or replace that endpoint in BERTH_RPC_URLS.",
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
