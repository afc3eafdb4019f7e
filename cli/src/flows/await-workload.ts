// SPDX-License-Identifier: Apache-2.0
import type { GatewayClient, GatewayStatus, LeaseSummary } from "@berth/sdk";
import { BerthError, PermanentError, UserError } from "@berth/sdk";
import { endedTooSoon, endingOf } from "./endings.ts";
import { readLease } from "./history.ts";
import { createPatience } from "./patience.ts";
import type { MarketSession } from "./session.ts";

/** A lease seen from both sides. `status` is null while the gateway gives none; `trouble` is then its last word. */
export interface WorkloadView {
  readonly lease: LeaseSummary;
  readonly status: GatewayStatus | null;
  readonly trouble: string;
}

/** What a wait needs. */
export interface Watch {
  readonly session: MarketSession;
  readonly gateway: GatewayClient;
  readonly leaseId: bigint;
  /** Aborted when the wait has lasted too long. */
  readonly deadline: AbortSignal;
  readonly signal: AbortSignal;
  /** Hears every change of what the provider says. */
  readonly onChange: (text: string) => void;
}

/** True once the lease is billed and all its containers run, or have run to their end. */
export function isRunning({ lease, status }: WorkloadView): boolean {
  return lease.status === "active" && status?.phase === "running";
}

/** True once every container that has a health check passes it, and every other runs or ended well. */
export function isHealthy(view: WorkloadView): boolean {
  const services = view.status?.services ?? [];
  return isRunning(view) && services.length > 0 && services.every(isWell);
}

function isWell({ state, health, exitCode }: GatewayStatus["services"][number]): boolean {
  if (state === "exited") return exitCode === 0;
  return state === "running" && (health === "none" || health === "healthy");
}

/**
 * Looks at a lease until it is as wanted. A chain or gateway that does not answer is unknown, not gone: the wait goes on. Throws
 * UserError E_LEASE_DECLINED, E_LEASE_ENDED or E_LEASE_NOT_STARTED, and PermanentError E_TIMED_OUT at the deadline.
 */
export async function awaitWorkload(
  watch: Watch,
  wanted: (view: WorkloadView) => boolean,
): Promise<WorkloadView> {
  const either = AbortSignal.any([watch.deadline, watch.signal]);
  const patience = createPatience();
  let said = "";
  while (!watch.deadline.aborted) {
    const view = await look(watch, either);
    if (view !== null) {
      await requireOpen(watch, view);
      if (wanted(view)) return view;
    }
    const text = view === null ? "the chain does not answer" : describe(view);
    if (text !== said) watch.onChange(text);
    said = text;
    await patience.pause(either).catch(() => watch.signal.throwIfAborted());
  }
  throw tookTooLong(watch.leaseId, said);
}

async function look(
  { session, gateway, leaseId, signal }: Watch,
  either: AbortSignal,
): Promise<WorkloadView | null> {
  const [lease, answer] = await Promise.all([
    session.market.leaseSummary(leaseId, { signal: either }).catch(nullWhileUnknown),
    gateway
      .status(either)
      .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
  ]);
  signal.throwIfAborted();
  if (lease === null) return null;
  return answer instanceof Error
    ? { lease, status: null, trouble: answer.message }
    : { lease, status: answer, trouble: "" };
}

function nullWhileUnknown(error: unknown): null {
  if (error instanceof BerthError && !error.retryable) throw error;
  return null;
}

async function requireOpen(
  { session, leaseId, signal }: Watch,
  { lease, status }: WorkloadView,
): Promise<void> {
  if (lease.status === "closed") {
    const ending = endingOf((await readLease(session, leaseId, signal)).life);
    if (ending !== null) throw endedTooSoon(leaseId, ending, status?.lastError?.message ?? "");
  }
  if (lease.startLate) throw notStarted(leaseId);
}

function describe({ lease, status, trouble }: WorkloadView): string {
  if (status === null) return `the lease is ${lease.status}; ${trouble}`;
  const progress = status.progress ? ` ${status.progress}` : "";
  const error = status.lastError === null ? "" : `: ${status.lastError.message}`;
  const services = status.services.map(
    ({ name, state, health }) => `${name} ${health === "none" ? state : health}`,
  );
  return [status.phase + progress + error, ...services].join(", ");
}

function notStarted(leaseId: bigint): UserError {
  return new UserError("E_LEASE_NOT_STARTED", `The provider did not start lease ${leaseId} in time.`, {
    atRisk: "nothing: the lease earns nothing, and its whole balance comes back",
    next: `\`berth close ${leaseId}\` and then \`berth withdraw\` take the money back; try another offer.`,
    facts: { leaseId: leaseId.toString() },
  });
}

function tookTooLong(leaseId: bigint, said: string): PermanentError {
  const last = said === "" ? "" : ` Last seen: ${said}.`;
  return new PermanentError("E_TIMED_OUT", `Lease ${leaseId} was not up in the time given.${last}`, {
    atRisk: "the lease is open: once it is started it is paid for",
    next: `\`berth status ${leaseId}\` shows it, \`berth logs ${leaseId}\` its output; \`berth close ${leaseId}\` ends it.`,
    facts: { leaseId: leaseId.toString() },
  });
}
