// SPDX-License-Identifier: Apache-2.0
import type { Desired } from "../domain/desired.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedContainer, ObservedWorkload } from "../domain/observed.ts";
import type { Intent, Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";

/**
 * Services whose container the daemon itself has stopped, or tried to: the intent of a stop stays open until the service is
 * started again or its container removed. Without it, a workload that rested while its lease was depleted would look like a
 * job that has finished.
 */
export function ownStops(intents: readonly Intent[], leaseId: LeaseId): ReadonlySet<string> {
  const ours = intents.filter((intent) => intent.leaseId === leaseId && intent.action === "stopContainer");
  return new Set(ours.map(({ detail }) => detail));
}

/** The workload as the planner should see it: a container that the daemon itself stopped only waits to be started. */
export function withOwnStops(observed: ObservedWorkload, stopped: ReadonlySet<string>): ObservedWorkload {
  const asWaiting = (container: ObservedContainer): ObservedContainer =>
    container.state === "exited" && stopped.has(container.service)
      ? { ...container, state: "created", exitCode: null }
      : container;
  return { ...observed, containers: observed.containers.map(asWaiting) };
}

/** The daemon's stop of this service is history. */
export function endStops(journal: Journal, leaseId: LeaseId, service: string): void {
  for (const intent of journal.openIntents()) {
    const isThat = intent.leaseId === leaseId && intent.detail === service;
    if (isThat && intent.action === "stopContainer") journal.endIntent(intent.id);
  }
}

/** What runs, and should, was not stopped for good: whatever an earlier stop of it came to. */
export function endOldStops(
  journal: Journal,
  { kind, leaseId }: Desired,
  observed: ObservedWorkload | null,
  stopped: ReadonlySet<string>,
): void {
  if (kind !== "run") return;
  for (const { service, state } of observed?.containers ?? []) {
    if (state === "running" && stopped.has(service)) endStops(journal, leaseId, service);
  }
}

/** Says what a daemon that died was in the middle of, and writes it off: what to do is planned anew from what is there. */
export function endInterrupted({ journal, log }: { readonly journal: Journal; readonly log: Log }): void {
  for (const { id, leaseId, action, detail } of journal.openIntents()) {
    if (action === "stopContainer") continue;
    journal.endIntent(id);
    log.info({ leaseId: String(leaseId), step: action, detail }, "step was interrupted");
  }
}
