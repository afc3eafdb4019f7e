// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { PhaseEnd } from "../../cli/src/flows/phases.ts";
import type { Stage } from "./stage.ts";
import { readLedger } from "./tenant.ts";

/** What is watched of a workload that is up, in this order. */
export const SERVING_PHASES = ["serving", "reporting"] as const;

export type ServingPhase = (typeof SERVING_PHASES)[number];

const REPORTS = 2;
const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 60_000;

/** What the workload answered over HTTP. */
export interface Page {
  readonly url: string;
  readonly httpStatus: number;
}

/** Asks for the page that the lease serves. Throws where it publishes none. */
export async function fetchPage(url: string | null, signal: AbortSignal): Promise<PhaseEnd<Page>> {
  if (url === null) throw new Error("the lease publishes no port");
  const response = await fetch(url, { signal });
  const bytes = (await response.arrayBuffer()).byteLength;
  const { status: httpStatus } = response;
  const facts = { url, httpStatus, bytes };
  return { value: { url, httpStatus }, text: `${url} answered ${httpStatus} with ${bytes} bytes`, facts };
}

/** Waits until the provider has reported twice since the lease was started. */
export async function awaitReports(
  stage: Stage,
  leaseId: bigint,
  signal: AbortSignal,
): Promise<PhaseEnd<number>> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  for (;;) {
    const { reports } = await readLedger(stage, leaseId);
    if (reports >= REPORTS) return { value: reports, text: `${reports} reports`, facts: { reports } };
    await delay(LOOK_EVERY_MS, undefined, { signal: either });
  }
}
