// SPDX-License-Identifier: Apache-2.0
import { LEASE_STATUSES } from "@berth/sdk";
import type { EndedTransaction } from "./chain/ended.ts";
import { chainTime, headLag } from "./domain/judge-chain.ts";
import type { LeaseView } from "./domain/lease-view.ts";
import { LEFTOVER_KINDS } from "./domain/leftover.ts";
import { PHASES, phaseOf } from "./gateway/phase.ts";
import type { Machine } from "./machine.ts";
import { HealthBoard } from "./health/board.ts";
import { GasLedger } from "./health/gas-ledger.ts";
import type { HealthParts, Look } from "./health/look.ts";
import { watchHealth } from "./health/watch.ts";
import { Watchdog } from "./health/watchdog.ts";
import { countBy } from "./observability/counts.ts";
import { createMetrics, type Metrics } from "./observability/metrics.ts";
import type { Health } from "./ports/health.ts";
import type { Journal } from "./ports/journal.ts";
import type { Log } from "./ports/log.ts";
import { leftoversOf } from "./reconcile/leftovers.ts";
import type { Reconciler } from "./reconcile/loop.ts";

/** What watches the daemon. It is made first, so that it can tell of a daemon that still waits to start. */
export interface Instruments extends Health {
  readonly metrics: Metrics;
  readonly watchdog: Watchdog;
  /** Told of each transaction that came to an end. */
  readonly ended: (transaction: EndedTransaction) => void;
  /** Whether the operator's gas money was seen since the start, whatever there is of it. */
  hasSeenGasMoney(): boolean;
  /** Looks at the health of a daemon that has started, until the signal. */
  watch(started: Started, signal: AbortSignal): Promise<void>;
}

/** A daemon that has started. */
export interface Started extends Omit<HealthParts, "ledger" | "journal" | "leftovers"> {
  readonly journal: Journal;
  readonly log: Log;
  readonly reconciler: Pick<Reconciler, "views" | "looks" | "darkness" | "wake">;
}

/** Milliseconds that one turn of the health's own loop may take. */
const PATIENCE = 120_000;

export function createInstruments({ clock, pace }: Machine): Instruments {
  const metrics = createMetrics();
  const watchdog = new Watchdog(clock);
  const board = new HealthBoard(clock);
  const ledger = new GasLedger();
  let hasSeenGasMoney = false;
  return {
    metrics,
    watchdog,
    checks: () => board.checks(),
    stalled: () => watchdog.stalled(),
    hasSeenGasMoney: () => hasSeenGasMoney,
    ended: ({ purpose, outcome, cost }) => {
      metrics.transactionEnded(outcome, cost);
      if (purpose === "report" && outcome === "mined") ledger.noteReport(cost);
    },
    watch: (started, signal) => {
      let look: Look | null = null;
      attach(metrics, board, started, () => look);
      const seen = (latest: Look): void => {
        look = latest;
        if (hasSeenGasMoney || latest.findings.gasMoney.state === "unknown") return;
        hasSeenGasMoney = true;
        started.reconciler.wake();
      };
      return watchHealth(
        {
          ...started,
          ledger,
          board,
          seen,
          leftovers: () => leftoversOf(started.reconciler.views()),
          interval: pace.health,
          clock: watchdog.clockOf("health", PATIENCE),
        },
        signal,
      );
    },
  };
}

function attach(metrics: Metrics, board: HealthBoard, started: Started, look: () => Look | null): void {
  const { reconciler, journal, clock } = started;
  const headNow = () => {
    const head = look()?.head ?? null;
    return head === null ? null : { ...head, now: clock.monotonic() / 1_000 };
  };
  metrics.attach({
    leasesByStatus: () => countBy(LEASE_STATUSES, statusesOf(reconciler.views())),
    workloadsByPhase: () => countBy(PHASES, phasesOf(reconciler)),
    leftoversByKind: () =>
      countBy(
        LEFTOVER_KINDS,
        leftoversOf(reconciler.views()).map(({ kind }) => kind),
      ),
    looks: () => reconciler.looks(),
    checks: () => board.checks(),
    headLag: () => {
      const head = headNow();
      return head === null ? null : headLag(head);
    },
    sinceReport: () => {
      const [head, lastReportAt] = [headNow(), look()?.lastReportAt ?? null];
      return head === null || lastReportAt === null ? null : Math.max(0, chainTime(head) - lastReportAt);
    },
    journalBytes: () => journal.size(),
  });
}

function statusesOf(views: readonly LeaseView[]) {
  return views.flatMap(({ lease }) => (lease === null ? [] : [lease.status]));
}

function phasesOf(reconciler: Started["reconciler"]) {
  const isDark = reconciler.darkness() !== null;
  return reconciler
    .views()
    .flatMap((view) => (view.lease === null ? [] : [phaseOf(view.lease.status, view, isDark)]));
}
