// SPDX-License-Identifier: Apache-2.0

/** What a provider's time is computed from. All values in seconds; `lastReportAt` since 1970. */
export interface ServiceClock {
  /** The service clock at the last report. */
  readonly clock: bigint;
  readonly lastReportAt: bigint;
  /** How long a report keeps the clock running. */
  readonly reportPeriod: bigint;
}

/** The service clock at a time: real time, but only up to one report period past the last report. */
export function clockAt({ clock, lastReportAt, reportPeriod }: ServiceClock, now: bigint): bigint {
  const elapsed = now > lastReportAt ? now - lastReportAt : 0n;
  return clock + (elapsed < reportPeriod ? elapsed : reportPeriod);
}

/** True once the last report is older than the report period: the provider earns nothing. */
export function isSilent({ lastReportAt, reportPeriod }: ServiceClock, now: bigint): boolean {
  return now > lastReportAt + reportPeriod;
}

/** True once the silence has lasted the lapse period more: the collateral of running leases is the tenants' to take. */
export function isLapsed(
  { lastReportAt, reportPeriod }: ServiceClock,
  lapsePeriod: bigint,
  now: bigint,
): boolean {
  return now > lastReportAt + reportPeriod + lapsePeriod;
}
