// SPDX-License-Identifier: Apache-2.0
import { Counter, Gauge, type Registry } from "prom-client";
import { CHECK_STATES, type Check } from "../domain/health.ts";

/** Figures that are counted elsewhere and read when somebody asks. */
export interface Sources {
  readonly leasesByStatus: () => ReadonlyMap<string, number>;
  readonly workloadsByPhase: () => ReadonlyMap<string, number>;
  readonly leftoversByKind: () => ReadonlyMap<string, number>;
  readonly looks: () => { readonly seen: number; readonly blind: number };
  readonly checks: () => readonly Check[];
  /** Seconds; null while unknown, and then the figure is left out: a guess would look like a fact. */
  readonly headLag: () => number | null;
  readonly sinceReport: () => number | null;
  readonly journalBytes: () => number;
}

/** Adds them to a registry. */
export function addPulled(registry: Registry, sources: Sources): void {
  const { leasesByStatus, workloadsByPhase, leftoversByKind } = sources;
  const { headLag, sinceReport, journalBytes } = sources;
  addCounts(registry, "berth_leases", "Leases of this provider, by status.", "status", leasesByStatus);
  addCounts(registry, "berth_workloads", "Workloads, by phase.", "phase", workloadsByPhase);
  const left = "What cannot be cleared away of leases that are over.";
  addCounts(registry, "berth_leftovers", left, "kind", leftoversByKind);
  addFigure(registry, "berth_head_lag_seconds", "Seconds that the newest block has stood.", headLag);
  addFigure(registry, "berth_seconds_since_report", "Seconds since the last report on chain.", sinceReport);
  addFigure(registry, "berth_journal_bytes", "Size of the journal.", journalBytes);
  addLooks(registry, sources);
  addChecks(registry, sources);
}

function addCounts(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  counts: () => ReadonlyMap<string, number>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      for (const [value, count] of counts()) this.set({ [label]: value }, count);
    },
  });
}

function addFigure(registry: Registry, name: string, help: string, figure: () => number | null): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = figure();
      if (value === null) this.remove();
      else this.set(value);
    },
  });
}

function addLooks(registry: Registry, { looks }: Sources): void {
  new Counter({
    name: "berth_passes_total",
    help: "Passes of the reconciler: those that saw chain and engine, and those that did not.",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(looks())) this.inc({ outcome }, count);
    },
  });
}

function addChecks(registry: Registry, { checks }: Sources): void {
  new Gauge({
    name: "berth_check",
    help: "1 for the state that a check of /readyz has.",
    labelNames: ["check", "state"],
    registers: [registry],
    collect() {
      for (const { name, state } of checks()) {
        for (const each of CHECK_STATES) this.set({ check: name, state: each }, each === state ? 1 : 0);
      }
    },
  });
}
