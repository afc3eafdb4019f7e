// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "../ports/clock.ts";
import { Reporter, type ReporterParts } from "./reporter.ts";
import { ServiceWatch, type ServiceWatchParts } from "./service-watch.ts";

export interface ReportingParts
  extends Omit<ReporterParts, "clock" | "settle">, Omit<ServiceWatchParts, "clock" | keyof ReporterParts> {
  /** The clock of each of the two loops, by its name. */
  readonly clockOf: (loop: string) => Clock;
}

/** Reports until the signal, and pauses what must not be billed: all the time, and before each report. */
export async function runReporting(parts: ReportingParts, signal: AbortSignal): Promise<void> {
  const watch = new ServiceWatch({ ...parts, clock: parts.clockOf("service watch") });
  const settle = (turn: AbortSignal): Promise<void> => watch.settle(turn);
  const reporter = new Reporter({ ...parts, clock: parts.clockOf("reporter"), settle });
  await Promise.all([watch.run(signal), reporter.run(signal)]);
}
