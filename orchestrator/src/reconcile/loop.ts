// SPDX-License-Identifier: Apache-2.0
import { crashpoint } from "../crashpoint.ts";
import type { AcceptanceRules } from "../domain/acceptance.ts";
import { backoffDelay } from "../domain/backoff.ts";
import { leaseOf, type Desired, type LeaseKnowledge, type LeaseRefusal } from "../domain/desired.ts";
import { failureOf, type Failure } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { LeaseView } from "../domain/lease-view.ts";
import type { ObservedContainers } from "../domain/observed.ts";
import { isServed } from "../domain/served.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Hardware } from "../ports/hardware.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { MarketChain } from "../ports/market-chain.ts";
import { desiredOf } from "./desired.ts";
import { hasEndedForGood } from "./ended-for-good.ts";
import type { StepRunner } from "./execute.ts";
import { isHeld } from "./held.ts";
import { bindHolder, quarantineOf } from "./holders.ts";
import { takeInPins } from "./lease-images.ts";
import { LeaseWork } from "./lease-work.ts";
import { tellLeftover } from "./leftovers.ts";
import { lookAtWorld, type World, type WorldParts } from "./look.ts";
import { endInterrupted, endOldStops, ownStops, withOwnStops } from "./own-stops.ts";
import { planLease } from "./plan.ts";
import { Reachability } from "./reachability.ts";
import { Waker } from "./waker.ts";
import { takeInWellbeing } from "./wellbeing.ts";
import { WorkloadShelf } from "./workload-shelf.ts";

export interface ReconcilerParts extends Pick<WorldParts, "hostRefusal"> {
  readonly provider: `0x${string}`;
  readonly acceptance: AcceptanceRules;
  readonly chain: MarketChain;
  readonly runtime: ContainerRuntime;
  readonly journal: Journal;
  readonly runStep: StepRunner;
  readonly clock: Clock;
  readonly log: Log;
  /** Answers 0 up to 1. */
  readonly random: () => number;
  /** Milliseconds between two looks when nothing wakes it. */
  readonly resyncInterval: number;
  /** Milliseconds for which a health check must have failed before its lease is paused. */
  readonly healthGrace: number;
  /** Once aborted, it looks on and takes no further step: another daemon acts for the provider. */
  readonly overtaken: AbortSignal;
  /** Why no new lease may be begun; null where one may. What runs goes on all the same. */
  readonly obstacle: () => Failure | null;
  readonly hardware: Hardware;
}

/** Milliseconds that a step under way may still take once the daemon stops. */
const STOP_PATIENCE = 9_000;
/** Milliseconds until the next look, when looks fail. */
const BLIND_WAIT = { first: 500, longest: 5_000 };

/**
 * Brings what runs to what the chain says, for ever: look at everything, plan each lease, take the steps, look again. Laws:
 * - a look that fails decides nothing;
 * - one task a lease at a time, and no lease waits for another's;
 * - a lease is planned only from a look that began after its last task had ended;
 * - stopping ends the daemon's work, never a tenant's.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #reachability: Reachability;
  readonly #shelf: WorkloadShelf;
  readonly #waker: Waker;
  readonly #works = new Map<LeaseId, LeaseWork>();
  readonly #stopping = new AbortController();
  readonly #halted = new AbortController();
  #blindLooks = 0;
  readonly #looks = { seen: 0, blind: 0 };

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#reachability = new Reachability(parts.log);
    this.#shelf = new WorkloadShelf(parts.journal, parts.chain);
    this.#waker = new Waker(parts.clock);
  }

  /** Something may have changed: look soon. */
  wake(): void {
    this.#waker.wake();
  }

  /** What was last seen of a lease; null before the first look at it and after its end. */
  view(leaseId: LeaseId): LeaseView | null {
    return this.#works.get(leaseId)?.view() ?? null;
  }

  /** Whether a tenant gets what he pays for, by this look at his workload and by its exits; null before the first look at the lease. */
  isServed(leaseId: LeaseId, observed: ObservedContainers): boolean | null {
    const view = this.view(leaseId);
    return view === null ? null : !view.isUnhealthy && isServed(view.desired, observed);
  }

  /** What was last seen of every lease that is worked on. */
  views(): readonly LeaseView[] {
    return [...this.#works.values()].flatMap((work) => work.view() ?? []);
  }

  /** How many looks saw everything, and how many did not. */
  looks(): { readonly seen: number; readonly blind: number } {
    return { ...this.#looks };
  }

  /** Thousandths of a core that a service may use; null where its manifest is not known. */
  cpuQuota(leaseId: LeaseId, service: string): number | null {
    const desired = this.view(leaseId)?.desired;
    const services = desired?.kind === "run" ? desired.workload.services : [];
    return services.find(({ name }) => name === service)?.cpuMillis ?? null;
  }

  /** Why nothing is decided at the moment; null when chain and engine answered the last time. */
  darkness(): Failure | null {
    return this.#reachability.darkness();
  }

  /** Runs until the signal, then lets the steps under way end; resolves within STOP_PATIENCE of the signal. */
  async run(signal: AbortSignal): Promise<void> {
    endInterrupted(this.#parts);
    while (!signal.aborted) {
      try {
        await this.pass(signal);
      } catch (error) {
        if (!signal.aborted) this.#parts.log.error(failureOf(error), "look failed");
        this.#blindLooks += 1;
        this.#looks.blind += 1;
      }
      await this.#waker.wait(this.#untilNextLook(), signal).catch(() => undefined);
    }
    await this.#stop();
  }

  /** Looks once and begins what is to be done; the tasks go on after it. */
  async pass(signal: AbortSignal): Promise<void> {
    const busy = new Set([...this.#works].filter(([, work]) => work.isBusy).map(([leaseId]) => leaseId));
    const world = await lookAtWorld({ ...this.#parts, reachability: this.#reachability }, signal);
    if (world === null) {
      this.#blindLooks += 1;
      this.#looks.blind += 1;
      return;
    }
    this.#blindLooks = 0;
    this.#looks.seen += 1;
    const mayAct = ({ leaseId }: LeaseKnowledge): boolean =>
      !busy.has(leaseId) && !this.#parts.overtaken.aborted;
    await Promise.all(world.knowledge.map((known) => this.#consider(known, world, mayAct(known), signal)));
  }

  /** Resolves when no task runs. */
  async settled(): Promise<void> {
    await Promise.all([...this.#works.values()].map((work) => work.settled()));
  }

  async #consider(known: LeaseKnowledge, world: World, mayAct: boolean, signal: AbortSignal): Promise<void> {
    const [{ leaseId }, { journal }] = [known, this.#parts];
    const [work, observed] = [this.#workOf(leaseId), world.workloads.get(leaseId) ?? null];
    const desired = await this.#desire(known, world, work, signal);
    const stops = ownStops(world.intents, leaseId);
    const planned = observed === null ? null : withOwnStops(observed, stops);
    const { vain, ...exits } = takeInWellbeing(this.#parts, desired, planned);
    const fault = this.#faultOf(leaseId, world, work) ?? vain;
    const lease = leaseOf(known);
    work.see({ lease, block: world.block, seenAt: world.begunAt, desired, observed, fault, ...exits });
    if (!mayAct || work.isBusy) return;
    if (desired.kind === "remove") {
      if (observed === null) return this.#forget(leaseId);
      crashpoint("close-seen");
    }
    bindHolder(journal, known, desired);
    takeInPins(journal, desired, observed);
    endOldStops(journal, desired, observed, stops);
    if (isHeld(this.#parts, desired, fault, work, world.waiting.get(leaseId))) return;
    work.begin(planLease(desired, planned, fault, exits.isUnhealthy), planned, exits.notBefore);
  }

  /** Why it is not served, as far as is known; where the provider does not take it, that is said once. */
  #faultOf(leaseId: LeaseId, { refused, manifestHashes }: World, work: LeaseWork): LeaseRefusal | null {
    const refusal = refused.get(leaseId) ?? null;
    if (refusal !== null && work.view()?.fault?.code !== refusal.code)
      this.#parts.log.info({ ...refusal, leaseId: String(leaseId) }, "lease is not taken");
    return refusal ?? work.faultFor(manifestHashes.get(leaseId));
  }

  /** What should be the case; a lease of which something could not be found out is left as it is. */
  async #desire(known: LeaseKnowledge, world: World, work: LeaseWork, signal: AbortSignal): Promise<Desired> {
    const { provider, chain, log } = this.#parts;
    const [{ manifestHashes, settled }, { leaseId }] = [world, known];
    const quarantine = quarantineOf(log, known, world, work);
    if (quarantine !== null) return quarantine;
    const isFinal = hasEndedForGood(known, world, work);
    try {
      const isDepleted = known.kind === "known" && known.lease.status === "depleted";
      const retentionPeriod = isDepleted ? await chain.retentionPeriod(known.lease.offerId, signal) : 0n;
      const made = await this.#shelf.workload(known, manifestHashes.get(leaseId), signal);
      if (made.fault !== null) work.blame(made.fault);
      const facts = { provider, workload: made.workload, retentionPeriod, isFinal };
      return desiredOf(known, { ...facts, settled: settled.get(leaseId) ?? null });
    } catch (error) {
      signal.throwIfAborted();
      const failure = failureOf(error);
      log.warn({ leaseId: String(leaseId), ...failure }, "lease is left as it is");
      return { kind: "leave", leaseId, why: failure.message };
    }
  }

  #forget(leaseId: LeaseId): void {
    this.#parts.journal.forgetLease(leaseId);
    this.#shelf.forget(leaseId);
    this.#works.delete(leaseId);
  }

  #workOf(leaseId: LeaseId): LeaseWork {
    const { runStep, clock, log, random, overtaken } = this.#parts;
    const work =
      this.#works.get(leaseId) ??
      new LeaseWork(leaseId, {
        runStep,
        now: () => clock.monotonic(),
        random,
        wake: () => this.wake(),
        tellLeftover: (leftover) => tellLeftover(log, leaseId, leftover),
        stopping: AbortSignal.any([this.#stopping.signal, overtaken]),
        halted: this.#halted.signal,
      });
    this.#works.set(leaseId, work);
    return work;
  }

  #untilNextLook(): number {
    const { clock, random, resyncInterval } = this.#parts;
    if (this.#blindLooks > 0) return backoffDelay(BLIND_WAIT, this.#blindLooks, random());
    const waits = [...this.#works.values()].map(({ notBefore }) => notBefore - clock.monotonic());
    return Math.min(resyncInterval, ...waits.filter((wait) => wait > 0));
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    const enough = new AbortController();
    const bound = this.#parts.clock.sleep(STOP_PATIENCE, enough.signal).catch(() => undefined);
    await Promise.race([this.settled(), bound]);
    enough.abort();
    this.#halted.abort(new Error("the daemon stops"));
  }
}
