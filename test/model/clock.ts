// SPDX-License-Identifier: Apache-2.0
import type { Provider, State } from "./state.ts";

/** The service clock: real time, but only up to one report period past the last report. In seconds. */
export function clockAt({ clock, lastReportAt, reportPeriod }: Provider, now: bigint): bigint {
  const passed = now - lastReportAt;
  return clock + (passed < reportPeriod ? passed : reportPeriod);
}

export function isSilent({ lastReportAt, reportPeriod }: Provider, now: bigint): boolean {
  return now > lastReportAt + reportPeriod;
}

export function isLapsed(state: State, { lastReportAt, reportPeriod }: Provider): boolean {
  return state.now > lastReportAt + reportPeriod + state.lapsePeriod;
}
