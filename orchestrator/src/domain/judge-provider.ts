// SPDX-License-Identifier: Apache-2.0
import { inWords } from "./duration.ts";
import { unknown, well, type Finding } from "./health.ts";

const DAY = 86_400;
/** Seconds of reports for which the operator's coin should last, and below which it is as good as gone. */
const RUNWAY_WARNING = 7 * DAY;
const RUNWAY_FAILING = 2 * DAY;

/** The provider as a block shows him, and the chain's time. Seconds. */
export interface ReportSight {
  readonly lastReportAt: number;
  readonly reportPeriod: number;
  readonly chainNow: number;
}

/** Whether pay still runs: a report carries it for one report period. The last quarter of that is a warning. */
export function judgeReport(sight: ReportSight | null): Finding {
  if (sight === null) return unknown("the chain does not answer");
  const { lastReportAt, reportPeriod, chainNow } = sight;
  const age = Math.max(0, chainNow - lastReportAt);
  const left = reportPeriod - age;
  const next = "Read the daemon's log for `report failed`, and see to the chain and to the operator's coin.";
  if (left <= 0) {
    return {
      state: "failing",
      what: `The last report was ${inWords(age)} ago; the report period is ${inWords(reportPeriod)}.`,
      atRisk: `the pay of every lease: it stopped ${inWords(-left)} ago and goes on with the next report`,
      next,
    };
  }
  const what = `The last report was ${inWords(age)} ago; pay stops in ${inWords(left)} unless another follows.`;
  if (left >= reportPeriod / 4) return well(what);
  return { state: "warning", what, atRisk: `the pay of every lease, in ${inWords(left)}`, next };
}

/** The operator's coin and what reports cost. Amounts in wei, the interval in seconds. */
export interface PurseSight {
  readonly operator: `0x${string}`;
  readonly balance: bigint;
  readonly costOfReport: bigint;
  readonly reportInterval: number;
}

/** For how many seconds the coin pays for reports; null where they cost nothing. */
export function runwayOf({ balance, costOfReport, reportInterval }: PurseSight): number | null {
  if (costOfReport <= 0n) return null;
  return Number((balance * BigInt(Math.max(1, Math.round(reportInterval)))) / costOfReport);
}

/** Whether the operator can go on paying for reports. */
export function judgeGasMoney(sight: PurseSight | null): Finding {
  if (sight === null) return unknown("the chain does not answer");
  const runway = runwayOf(sight);
  if (runway === null) return well("Reports cost nothing on this chain.");
  const what = `The operator's coin pays for reports for ${inWords(runway)} more.`;
  if (runway >= RUNWAY_WARNING) return well(what);
  return {
    state: runway < RUNWAY_FAILING ? "failing" : "warning",
    what,
    atRisk:
      `the pay of every lease: without gas money reports end in ${inWords(runway)}` +
      (runway < RUNWAY_FAILING ? "; no new lease is begun until there is more" : ""),
    next: `Send some of the chain's coin to ${sight.operator}.`,
  };
}

/** Whether this daemon still is the provider's own: the contract takes the newest instance alone. */
export function judgeInstance(
  sight: { readonly ours: number | null; readonly current: number } | null,
): Finding {
  if (sight === null) return unknown("the chain does not answer");
  const { ours, current } = sight;
  if (ours === null) return unknown("the journal tells of no instance of ours");
  if (ours >= current) return well(`This daemon is instance ${ours}.`);
  return judgeStandstill(`Another daemon took over: it is instance ${current}, this one is ${ours}.`);
}

/** What a daemon tells that does not act any more; `why` in a sentence. */
export function judgeStandstill(why: string): Finding {
  return {
    state: "failing",
    what: `${why} This daemon does not act any more.`,
    atRisk:
      "nothing runs twice: this daemon starts, stops and sends nothing; pay goes on if the other one reports",
    next: "Stop one of the two. To run this one, start it once with --takeover.",
  };
}
