// SPDX-License-Identifier: Apache-2.0
import { TRANSACTION_GAS } from "./chain.ts";
import type { Mined } from "./chain.ts";
import { aligned, grouped } from "./table.ts";

interface Step {
  readonly op: string;
  readonly gas: number;
  readonly gasCost: number;
  /** 1 in the market itself. */
  readonly depth: number;
}

interface Totals {
  intrinsic: number;
  coldLoads: number;
  warmLoads: number;
  fresh: number;
  changed: number;
  repeated: number;
  logs: number;
  others: number;
  elsewhere: number;
}

const HEADINGS = [
  "operation",
  "gas",
  "before",
  "SLOAD cold, warm",
  "SSTORE fresh, changed, repeated",
  "logs",
  "rest",
  "other contracts",
];
const COLD_LOAD = 2_100;
const FRESH_STORE = 20_000;
const CHANGED_STORE = 2_900;
const CALLS = new Set(["CALL", "STATICCALL", "DELEGATECALL"]);

/**
 * Where the gas of transactions went, one line each: what is paid before the first instruction, storage reads and writes of the
 * market by kind (counts), its logs, its other instructions, and all that is done in other contracts (gas).
 */
export function profileOf(
  traces: readonly (readonly [name: string, mined: Mined, trace: unknown])[],
): string {
  const rows = traces.map(([name, mined, trace]) => {
    const steps = (trace as { structLogs: readonly Step[] }).structLogs;
    return rowOf(name, mined.gasUsed, totalsOf(steps));
  });
  return aligned([HEADINGS, ...rows]).join("\n");
}

function totalsOf(steps: readonly Step[]): Totals {
  const totals = {
    intrinsic: TRANSACTION_GAS - (steps[0]?.gas ?? TRANSACTION_GAS),
    coldLoads: 0,
    warmLoads: 0,
    fresh: 0,
    changed: 0,
    repeated: 0,
    logs: 0,
    others: 0,
    elsewhere: 0,
  };
  for (const step of steps.filter(({ op }) => !CALLS.has(op))) add(totals, step);
  return totals;
}

function add(totals: Totals, { op, gasCost, depth }: Step): void {
  if (depth > 1) totals.elsewhere += gasCost;
  else if (op === "SLOAD") totals[gasCost >= COLD_LOAD ? "coldLoads" : "warmLoads"] += 1;
  else if (op === "SSTORE") totals[kindOfStore(gasCost)] += 1;
  else if (op.startsWith("LOG")) totals.logs += gasCost;
  else totals.others += gasCost;
}

function kindOfStore(gasCost: number): "fresh" | "changed" | "repeated" {
  if (gasCost >= FRESH_STORE) return "fresh";
  return gasCost >= CHANGED_STORE ? "changed" : "repeated";
}

function rowOf(name: string, gasUsed: number, totals: Totals): string[] {
  const { intrinsic, coldLoads, warmLoads, fresh, changed, repeated, logs, others, elsewhere } = totals;
  return [
    name,
    grouped(gasUsed),
    grouped(intrinsic),
    `${coldLoads}, ${warmLoads}`,
    `${fresh}, ${changed}, ${repeated}`,
    grouped(logs),
    grouped(others),
    grouped(elsewhere),
  ];
}
