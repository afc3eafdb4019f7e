// SPDX-License-Identifier: Apache-2.0
import type { Finding } from "./finding.ts";
import { failing, ok, unknown, warning } from "./finding.ts";
import { formatDuration } from "../output/time.ts";

const MOST_SKEW = 60n;
const STALE_HEAD = 180n;
/** The chain that makes blocks only when somebody sends. */
export const DEVELOPMENT_CHAIN = 31_337;
const SET_CLOCK = "timedatectl set-ntp true";

/** The newest block, and the machine's time when it was read. Seconds since 1970. */
export interface HeadFact {
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly now: bigint;
  readonly chainId: number;
}

export function judgeHead({ number, timestamp, now, chainId }: HeadFact): Finding {
  const age = now - timestamp;
  if (age <= STALE_HEAD) return ok("newest block", `${number}`);
  const says = `${number}, ${formatDuration(age)} old`;
  if (chainId === DEVELOPMENT_CHAIN) return ok("newest block", `${says}: this chain makes blocks on demand`);
  return warning("newest block", says, "use another endpoint (BERTH_RPC_URLS), unless this clock is fast");
}

/** A block is never from the future; an old one tells nothing of the clock. */
export function judgeClock({ timestamp, now }: HeadFact): Finding {
  if (timestamp - now > MOST_SKEW) {
    return failing("clock", `${formatDuration(timestamp - now)} behind the chain's`, SET_CLOCK);
  }
  if (now - timestamp > MOST_SKEW) return unknown("clock", "the newest block is too old to compare with");
  return ok("clock", "agrees with the chain's, to a minute");
}
