// SPDX-License-Identifier: Apache-2.0
import type { CloseReason, LeaseStatus } from "@berth/sdk";
import { BerthError, UserError, withSignal } from "@berth/sdk";
import type { OfferCapacity } from "../own-offer.ts";
import { setCapacity } from "../own-offer.ts";
import type { ProviderOverview } from "../provider-overview.ts";
import { readProvider } from "../provider-overview.ts";
import { createPatience } from "../patience.ts";
import type { SigningSession } from "../session.ts";
import type { LeaseAtStake } from "./at-stake.ts";
import { leasesAtStake } from "./at-stake.ts";
import { offersTaking } from "./capacities.ts";
import { closeServed } from "./close-served.ts";

const LONGEST_PAUSE_MS = 15_000;
/** Statuses of a lease that is not open: a reorganisation may have taken its opening back. */
const ENDED: readonly LeaseStatus[] = ["closed", "none"];

/** A lease that ended in the course of a drain; `refund` in base units, null where the drain did not close it. */
export interface EndedLease {
  readonly leaseId: bigint;
  readonly reason: CloseReason;
  readonly refund: bigint | null;
}

/** What a drain needs. */
export interface DrainPorts {
  readonly session: SigningSession;
  readonly signal: AbortSignal;
  /** Milliseconds that only go forwards. */
  readonly now: () => number;
  /** Milliseconds after which what is still open is closed; null to wait for as long as it takes. */
  readonly closeAfter: number | null;
  /** Hears of each offer that takes no more leases. */
  readonly onStopped: (offer: OfferCapacity) => void;
  readonly onEnded: (lease: EndedLease) => void;
  /** Hears what is waited for, when that changes. */
  readonly onWaiting: (open: readonly LeaseAtStake[]) => void;
  readonly onDark: (why: string) => void;
}

/** A provider with what hangs on his open leases. */
export interface DrainView {
  readonly overview: ProviderOverview;
  readonly open: readonly LeaseAtStake[];
}

/** Looks at a provider with the chain's own time. Throws UserError E_PROVIDER_UNKNOWN. */
export async function viewDrain(session: SigningSession, signal: AbortSignal): Promise<DrainView> {
  const overview = await readProvider(session, session.wallet.account.address, signal);
  const { timestamp } = await withSignal(session.market.client, signal, (client) => client.getBlock());
  return { overview, open: leasesAtStake(overview, timestamp) };
}

/**
 * Empties a provider: no offer takes leases any more, and it goes on until a fresh look shows no lease open. Nothing but the chain
 * remembers it, so that after an end at any point another drain goes on from there. Throws UserError E_INTERRUPTED, which says what
 * holds, E_PROVIDER_LAPSED, and what `sendCall` throws.
 */
export async function drain(ports: DrainPorts): Promise<void> {
  const { session, signal, now, closeAfter } = ports;
  const closeAt = closeAfter === null ? Infinity : now() + closeAfter;
  let open: readonly LeaseAtStake[] = [];
  try {
    for (;;) {
      const view = await viewDrain(session, signal);
      open = view.open;
      for (const offer of offersTaking(view.overview)) {
        await setCapacity(session, { ...offer, capacity: 0n }, signal);
        ports.onStopped(offer);
      }
      if (offersTaking(view.overview).length === 0 && open.length === 0) return;
      if (open.length > 0) ports.onWaiting(open);
      open = await waitUntil(closeAt, open, ports);
      await closeRest(open, ports);
    }
  } catch (error) {
    throw signal.aborted ? interrupted(open) : error;
  }
}

/** Those that are still open at that time; none once all ended. A chain that does not answer is waited for. */
async function waitUntil(
  closeAt: number,
  leases: readonly LeaseAtStake[],
  { session, signal, now, onEnded, onDark }: DrainPorts,
): Promise<readonly LeaseAtStake[]> {
  const patience = createPatience(LONGEST_PAUSE_MS);
  let open = leases;
  while (open.length > 0 && now() < closeAt) {
    const ids = open.map(({ leaseId }) => leaseId);
    const summaries = await session.market
      .leaseSummaries(ids, { signal })
      .catch((error: unknown) => unknownFor(error, signal, onDark));
    const seen = ids.flatMap((leaseId, index) => {
      const summary = summaries[index];
      return summary === undefined ? [] : [{ leaseId, ...summary }];
    });
    for (const { leaseId, status, reason } of seen)
      if (status === "closed") onEnded({ leaseId, reason, refund: null });
    const gone = seen.filter(({ status }) => ENDED.includes(status)).map(({ leaseId }) => leaseId);
    open = open.filter(({ leaseId }) => !gone.includes(leaseId));
    if (open.length > 0) await patience.pause(signal);
  }
  return open;
}

function unknownFor(error: unknown, signal: AbortSignal, onDark: (why: string) => void): readonly [] {
  signal.throwIfAborted();
  if (!(error instanceof BerthError) || !error.retryable) throw error;
  onDark(error.message);
  return [];
}

async function closeRest(
  open: readonly LeaseAtStake[],
  { session, signal, onEnded }: DrainPorts,
): Promise<void> {
  const ids = open.map(({ leaseId }) => leaseId);
  await closeServed(
    session,
    ids,
    ({ leaseId, reason, refund }) => onEnded({ leaseId, reason, refund }),
    signal,
  );
}

function interrupted(open: readonly LeaseAtStake[]): UserError {
  const ids = open.map(({ leaseId }) => leaseId).join(", ");
  const rest = ids === "" ? "" : ` Leases that were open at the last look: ${ids}.`;
  return new UserError("E_INTERRUPTED", `Interrupted before the drain was over.${rest}`, {
    atRisk:
      "nothing: open leases go on and are paid for, offers that were stopped take no new ones; a transaction that was sent already may still be mined",
    next: "`berth provider drain` goes on from here; `berth provider drain --undo` opens the offers again.",
    facts: { leaseIds: ids },
  });
}
