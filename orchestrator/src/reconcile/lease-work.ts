// SPDX-License-Identifier: Apache-2.0
import type { LeaseStatus } from "@berth/sdk";
import type { Desired, LeaseFault } from "../domain/desired.ts";
import { failureOf, type Failure } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { LeaseView } from "../domain/lease-view.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import type { Leftover } from "../domain/leftover.ts";
import type { Step, StepAction } from "../domain/step.ts";
import { Clearing } from "./clearing.ts";
import type { StepRunner } from "./execute.ts";
import { faultOfStep } from "./faults.ts";
import { Patience } from "./patience.ts";
import { isLedgerStep, restartsIn, subjectOf } from "./step-kinds.ts";

/** What was seen of a lease in one pass. */
export type Sight = Omit<LeaseView, "leaseId" | "step" | "lastError" | "leftovers">;

export interface WorkParts {
  readonly runStep: StepRunner;
  /** The monotonic clock. */
  readonly now: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
  /** Called when a task has ended: what it left behind must be looked at. */
  readonly wake: () => void;
  /** Once aborted, no further step begins. */
  readonly stopping: AbortSignal;
  /** Told of what cannot be cleared away of a lease that is over, once. */
  readonly tellLeftover: (leftover: Leftover) => void;
  /** Once aborted, the step under way is given up. */
  readonly halted: AbortSignal;
}

interface Told {
  readonly action: StepAction;
  readonly status: LeaseStatus | undefined;
  readonly at: number;
}

/** Milliseconds for which a block that does not show our transaction is believed to be merely an older one. */
const TOLD_PATIENCE = 30_000;

/**
 * The daemon's work on one lease: one task at a time, which no other lease waits for. Failures and quick exits make it wait
 * longer and longer; a fault is remembered until the manifest changes.
 */
export class LeaseWork {
  readonly #leaseId: LeaseId;
  readonly #parts: WorkParts;
  readonly #patience: Patience;
  readonly #clearing = new Clearing();
  #sight: Sight | null = null;
  #task: Promise<void> | null = null;
  #step: StepAction | null = null;
  #fault: LeaseFault | null = null;
  #lastError: Failure | null = null;
  #told: Told | null = null;
  #lastTaken: string | null = null;
  #missedAt: bigint | null = null;
  /** When what has exited may be started again, by the monotonic clock; 0 where nothing is to be. */
  #restartAt = 0;

  constructor(leaseId: LeaseId, parts: WorkParts) {
    this.#leaseId = leaseId;
    this.#parts = parts;
    this.#patience = new Patience(parts.random);
  }

  get isBusy(): boolean {
    return this.#task !== null;
  }

  /** When something may be tried again, by the monotonic clock. */
  get notBefore(): number {
    return Math.max(this.#patience.notBefore, this.#restartAt);
  }

  see(sight: Sight): void {
    this.#sight = sight;
  }

  view(): LeaseView | null {
    if (this.#sight === null) return null;
    const { leftovers } = this.#clearing;
    return {
      leaseId: this.#leaseId,
      ...this.#sight,
      step: this.#step,
      lastError: this.#lastError,
      leftovers,
    };
  }

  /** What is known against running this manifest. */
  faultFor(manifestHash: `0x${string}` | undefined): LeaseFault | null {
    return this.#fault?.manifestHash === manifestHash ? this.#fault : null;
  }

  blame(fault: LeaseFault): void {
    this.#fault = fault;
    this.#lastError = { code: fault.code, message: fault.message };
  }

  /** Notes that a block shows the lease, or does not; answers the number of the first block that missed it, null where it is there. */
  missed(isAbsent: boolean, blockNumber: bigint): bigint | null {
    this.#missedAt = isAbsent ? (this.#missedAt ?? blockNumber) : null;
    return this.#missedAt;
  }

  /** Notes why the lease is not begun; true where that is news. */
  held(obstacle: Failure): boolean {
    const isNews = this.#lastError?.code !== obstacle.code;
    this.#lastError = obstacle;
    return isNews;
  }

  /** Puts the next try off, further with each failure in a row. */
  failed(error: unknown): void {
    this.#lastError = failureOf(error);
    this.#patience.failed(this.#parts.now());
  }

  /**
   * Takes the steps in a task of their own, unless one is under way, it is too early, or nothing is left to do. `observed` is
   * what they were planned from, `restartAt` when what has exited may be started again.
   */
  begin(planned: readonly Step[], observed: ObservedWorkload | null, restartAt: number): void {
    if (this.#sight === null || this.isBusy || this.#parts.stopping.aborted) return;
    const { desired, lease } = this.#sight;
    this.#clearing.see(planned, desired, this.#parts.now()).forEach(this.#parts.tellLeftover);
    const steps = planned.filter((step) => !this.#isTold(step, lease?.status));
    if (planned.length === 0) this.#lastTaken = null;
    this.#restartAt = restartsIn(steps, observed) ? restartAt : 0;
    if (steps.length === 0 || this.#mustWait()) return;
    this.#task = this.#perform(steps, desired, lease?.status);
  }

  /** Resolves when no task runs. */
  async settled(): Promise<void> {
    await this.#task;
  }

  #mustWait(): boolean {
    return this.#parts.now() < this.notBefore;
  }

  async #perform(steps: readonly Step[], desired: Desired, status: LeaseStatus | undefined): Promise<void> {
    try {
      for (const step of steps) {
        if (this.#parts.stopping.aborted) return;
        if (!(await this.#take(step, desired))) return;
        if (isLedgerStep(step)) this.#told = { action: step.action, status, at: this.#parts.now() };
      }
      this.#succeeded(steps);
    } catch (error) {
      if (!this.#parts.halted.aborted) this.failed(error);
    } finally {
      this.#step = null;
      this.#task = null;
      this.#parts.wake();
    }
  }

  /** Takes one step; false when it proved a fault: then there is nothing to try again. */
  async #take(step: Step, desired: Desired): Promise<boolean> {
    this.#step = step.action;
    this.#clearing.tried(step);
    try {
      await this.#parts.runStep(step, this.#parts.halted);
      return true;
    } catch (error) {
      const fault = faultOfStep(step, desired, error);
      if (fault === null) throw error;
      this.blame(fault);
      return false;
    }
  }

  /** Steps that are planned again although they have just gone well changed nothing: that calls for patience too. */
  #succeeded(steps: readonly Step[]): void {
    const taken = steps.map((step) => `${step.action} ${subjectOf(step)}`).join();
    if (taken === this.#lastTaken) this.#patience.failed(this.#parts.now());
    else this.#patience.succeeded();
    this.#lastTaken = taken;
    if (this.#sight?.desired.kind !== "quarantine") this.#lastError = null;
  }

  #isTold({ action }: Step, status: LeaseStatus | undefined): boolean {
    const told = this.#told;
    if (told === null || told.action !== action || told.status !== status) return false;
    return this.#parts.now() - told.at < TOLD_PATIENCE;
  }
}
