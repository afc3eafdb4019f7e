// SPDX-License-Identifier: Apache-2.0
import { BerthError, RetryableError, type LeaseSummary } from "@berth/sdk";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedContainers } from "../domain/observed.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { MarketActions, MarketChain } from "../ports/market-chain.ts";

export interface ServiceWatchParts {
  readonly provider: `0x${string}`;
  readonly chain: Pick<MarketChain, "head" | "leases">;
  readonly actions: Pick<MarketActions, "pauseLease">;
  readonly runtime: Pick<ContainerRuntime, "observeContainers" | "stillRuns">;
  readonly journal: Pick<Journal, "leaseNotes">;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a lease's tenant gets what he pays for, by this look at its workload; null while nobody knows what should run. */
  readonly isServed: (leaseId: LeaseId, observed: ObservedContainers) => boolean | null;
  /** Milliseconds between two samples: the most of an outage that may be billed. */
  readonly sampleInterval: number;
  /** Told of a look at which something runs, or has ended, that did not at the look before. */
  readonly onChange: () => void;
}

/** When a lease was last known to be served, by the monotonic clock, and what ran then. */
interface Served {
  readonly at: number;
  readonly workload: ObservedContainers;
}

/** Looks in one sample interval: the last of them is at its end. */
const LOOKS_A_SAMPLE = 2;

/**
 * Sees to it that no tenant pays for what is not known to run: a lease of which that could not be found out for one sample interval is
 * paused on chain, whether its service is down or nobody can tell; the reconciler resumes it once all of it is seen to run.
 *
 * Why pause, and not merely stay silent: the service clock runs on for a whole report period after a report, so silence takes ten
 * minutes to hours to end the billing, for all leases at once; it cannot be taken back for the time before, since a pause has no
 * date but its block's; and a long silence forfeits collateral, though an engine that hangs is no reason to. So reports go on,
 * after everything has been paused that is not known to run: see `settle`. A pause touches no container.
 */
export class ServiceWatch {
  readonly #parts: ServiceWatchParts;
  readonly #served = new Map<LeaseId, Served>();
  /** Lapsed leases that we have paused: their status does not show it. */
  readonly #pausedLapsed = new Set<LeaseId>();
  /** Since when, by the monotonic clock, and for how many milliseconds the engine is taken to be silent still. */
  #silence = { since: -Infinity, length: 0 };
  /** What the last look that saw anything saw, in one line. */
  #sight: string | null = null;
  /** Workloads of the last look of which nobody knew yet what should run. */
  #unjudged = 0;

  constructor(parts: ServiceWatchParts) {
    this.#parts = parts;
  }

  /** Watches until the signal. What fails is tried again at the next look. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      try {
        await this.#pauseOverdue(signal);
      } catch (error) {
        if (!signal.aborted)
          log.warn(failureOf(error), "leases that are not known to be served could not be paused");
      }
      await clock.sleep(this.#untilNextLook(), signal).catch(() => undefined);
    }
  }

  /**
   * Resolves when every lease that is billed is known to be served, has been for all but the last sample interval, or is paused. Throws
   * what keeps it from that, RetryableError E_LEASES_UNJUDGED among it: then nothing may be reported.
   */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#pauseOverdue(signal);
    if (this.#unjudged === 0) return;
    throw new RetryableError(
      "E_LEASES_UNJUDGED",
      `What should run is not known yet for ${this.#unjudged} leases.`,
      {
        atRisk: "nothing yet: the report waits for the first look at them",
        next: "Nothing, if it mends by itself; otherwise read the log for what keeps the daemon from looking.",
      },
    );
  }

  /** Looks, and pauses one after the other, the dearest first, and none on a look that is old by then. */
  async #pauseOverdue(signal: AbortSignal): Promise<void> {
    const { clock, sampleInterval } = this.#parts;
    const paused = new Set<LeaseId>();
    for (;;) {
      const lookedAt = clock.monotonic();
      const overdue = await this.#overdue(signal);
      const billed = (await this.#billed(overdue, signal)).filter(([leaseId]) => !paused.has(leaseId));
      if (billed.length === 0) return;
      for (const [leaseId, { status }] of billed) {
        if (clock.monotonic() - lookedAt >= sampleInterval / LOOKS_A_SAMPLE && paused.size > 0) break;
        await this.#pause(leaseId, signal);
        if (status === "lapsed") this.#pausedLapsed.add(leaseId);
        paused.add(leaseId);
      }
    }
  }

  /** Looks, and answers the noted leases that have not been known to be served for a sample interval. */
  async #overdue(signal: AbortSignal): Promise<readonly LeaseId[]> {
    const { journal, clock, sampleInterval } = this.#parts;
    const noted = new Set(journal.leaseNotes().map(({ leaseId }) => leaseId));
    const well = await this.#look(noted, signal);
    for (const leaseId of this.#served.keys()) if (!noted.has(leaseId)) this.#served.delete(leaseId);
    const now = clock.monotonic();
    return [...noted].filter(
      (leaseId) => !well.has(leaseId) && now - (this.#served.get(leaseId)?.at ?? -Infinity) >= sampleInterval,
    );
  }

  /** Answers the leases that are known to be served, and those that nobody can judge yet. */
  async #look(noted: ReadonlySet<LeaseId>, signal: AbortSignal): Promise<ReadonlySet<LeaseId>> {
    const { clock, isServed } = this.#parts;
    const at = clock.monotonic();
    const { since, length } = this.#silence;
    const workloads = at - since >= length ? await this.#observe(at, signal) : null;
    const ours = (workloads ?? []).filter(({ leaseId }) => noted.has(leaseId));
    if (workloads !== null) this.#notice(ours);
    const seen = ours.map((workload) => [workload, isServed(workload.leaseId, workload)] as const);
    const served =
      workloads === null
        ? await this.#survivors()
        : seen.flatMap(([workload, verdict]) => (verdict === true ? [workload] : []));
    for (const workload of served) this.#served.set(workload.leaseId, { at, workload });
    const unjudged = seen.flatMap(([{ leaseId }, verdict]) => (verdict === null ? [leaseId] : []));
    this.#unjudged = unjudged.length;
    return new Set([...served.map(({ leaseId }) => leaseId), ...unjudged]);
  }

  #notice(workloads: readonly ObservedContainers[]): void {
    const states = workloads.flatMap(({ containers }) =>
      containers.map(({ id, state, health }) => `${id} ${state} ${health}`),
    );
    const sight = states.toSorted().join();
    if (this.#sight !== null && this.#sight !== sight) this.#parts.onChange();
    this.#sight = sight;
  }

  /**
   * What the engine shows, null where it does not answer. A silence that was waited for speaks for as long again: a sample interval
   * that ends meanwhile is not kept open by one more wait for the same hanging engine.
   */
  async #observe(since: number, signal: AbortSignal): Promise<readonly ObservedContainers[] | null> {
    const { runtime, clock } = this.#parts;
    try {
      return await runtime.observeContainers(signal);
    } catch {
      signal.throwIfAborted();
      const now = clock.monotonic();
      this.#silence = { since: now, length: now - since };
      return null;
    }
  }

  /** What the machine itself shows to run on as it was last seen, while the engine does not answer. */
  async #survivors(): Promise<readonly ObservedContainers[]> {
    const { runtime } = this.#parts;
    const judged = await Promise.all(
      [...this.#served.values()].map(async ({ workload }) => {
        const ran = workload.containers.filter(({ state }) => state === "running");
        const alive = await Promise.all(ran.map((container) => runtime.stillRuns(container)));
        return alive.length > 0 && alive.every(Boolean) ? [workload] : [];
      }),
    );
    return judged.flat();
  }

  /** Those of the leases that the service clock bills, the dearest first. */
  async #billed(
    leaseIds: readonly LeaseId[],
    signal: AbortSignal,
  ): Promise<readonly (readonly [LeaseId, LeaseSummary])[]> {
    if (leaseIds.length === 0) return [];
    const { chain, provider } = this.#parts;
    const leases = await chain.leases(leaseIds, await chain.head(signal), signal);
    for (const [leaseId, { status }] of leases) if (status !== "lapsed") this.#pausedLapsed.delete(leaseId);
    return [...leases]
      .filter(([leaseId, lease]) => isBilled(lease, provider) && !this.#pausedLapsed.has(leaseId))
      .sort(([, one], [, other]) => Number(other.milliRatePerSecond - one.milliRatePerSecond));
  }

  async #pause(leaseId: LeaseId, signal: AbortSignal): Promise<void> {
    const { actions, log, clock } = this.#parts;
    const at = this.#served.get(leaseId)?.at;
    const lastServedAt = at === undefined ? null : Math.round(clock.now() - clock.monotonic() + at);
    const atRisk = "the pay of this lease, until its workload is seen to run";
    log.warn(
      { leaseId: String(leaseId), lastServedAt, atRisk },
      "lease is paused: its workload is not known to run",
    );
    try {
      await actions.pauseLease(leaseId, signal);
    } catch (error) {
      if (!isNotBilled(error)) throw error;
    }
  }

  /** Until the next usual look, or the end of a sample interval that began with a lease's last good look, if that is sooner. */
  #untilNextLook(): number {
    const { clock, sampleInterval } = this.#parts;
    const now = clock.monotonic();
    const ends = [...this.#served.values()].map(({ at }) => at + sampleInterval - now);
    return Math.min(sampleInterval / LOOKS_A_SAMPLE, ...ends.filter((wait) => wait > 0));
  }
}

function isBilled({ status, provider }: LeaseSummary, ours: `0x${string}`): boolean {
  return (status === "active" || status === "lapsed") && provider.toLowerCase() === ours.toLowerCase();
}

/** The contract refuses a pause exactly where nothing accrues. */
function isNotBilled(error: unknown): boolean {
  return error instanceof BerthError && error.code === "E_LEASE_STATUS_UNEXPECTED";
}
