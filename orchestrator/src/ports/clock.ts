// SPDX-License-Identifier: Apache-2.0

/** Time as the daemon sees it; tests drive it by hand. */
export interface Clock {
  /** Milliseconds since 1970 by the machine's wall clock, which anybody may set: for times that go out, or meet the chain's. */
  now(): number;
  /**
   * Whole milliseconds that no step of the wall clock changes, for whatever measures how long something took or takes. They are what the wall
   * clock showed when the process began, and what has gone by since.
   */
  monotonic(): number;
  /** Resolves after the period, however the wall clock is set meanwhile; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
