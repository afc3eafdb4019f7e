// SPDX-License-Identifier: Apache-2.0
import type { Column } from "./columns.ts";
import { cellOf, type Ending, type Tally } from "./reach.ts";

type Row = Partial<Record<Ending, readonly Column[]>>;

const PENDING = ["Pending", "PendingLate"] as const;
const DEPLETED = ["Depleted", "DepletedPast"] as const;
const LAPSED = ["Lapsed", "LapsedPaused"] as const;
const RUNNING = ["Active", "Paused", ...DEPLETED] as const;
const SETTLED: Row = {
  done: ["Active", ...DEPLETED, "Lapsed"],
  skipped: ["None", ...PENDING, "Active", "Paused", "LapsedPaused", "Closed"],
};
const FED: Row = { done: [...PENDING, ...RUNNING], refused: [...LAPSED, "Closed"] };

/** What every function does to a lease of every status: the specification's table, row by row. */
const TABLE: Readonly<Record<string, Row>> = {
  start: {
    done: ["Pending"],
    refused: ["PendingLate", ...RUNNING, ...LAPSED, "Closed"],
    skipped: ["PendingLate", "Active", "Closed"],
  },
  pause: {
    done: ["Active", "Lapsed"],
    refused: [...PENDING, "Paused", ...DEPLETED, "LapsedPaused", "Closed"],
  },
  resume: { done: ["Paused"], refused: [...PENDING, "Active", ...DEPLETED, ...LAPSED, "Closed"] },
  topUp: FED,
  topUpFromBalance: FED,
  setManifest: FED,
  amend: { done: [...PENDING, "Active", "Paused"], refused: [...DEPLETED, ...LAPSED, "Closed"] },
  settle: SETTLED,
  claim: SETTLED,
  "close by tenant": { done: ["PendingLate", ...RUNNING, ...LAPSED], refused: ["Pending", "Closed"] },
  "close by others": {
    done: ["PendingLate", "DepletedPast"],
    refused: ["Pending", "Active", "Paused", "Depleted", ...LAPSED, "Closed"],
  },
  closeByProvider: { done: [...PENDING, ...RUNNING, ...LAPSED], refused: ["Closed"], skipped: ["Closed"] },
  complete: { done: RUNNING, refused: [...PENDING, ...LAPSED, "Closed"] },
  openDispute: { done: [...RUNNING, "Closed"], refused: [...PENDING, ...LAPSED] },
  rule: { done: [...RUNNING, "Closed"], refused: [...PENDING, ...LAPSED] },
  expireDispute: { done: [...RUNNING, ...LAPSED, "Closed"], refused: PENDING },
  releaseCollateral: {
    done: ["Closed"],
    skipped: ["None", ...PENDING, ...RUNNING, ...LAPSED, "Closed"],
  },
};

/** The cells that a run did not come to. */
export function missedCells({ cells }: Tally): string[] {
  return Object.entries(TABLE)
    .flatMap(([row, endings]) =>
      (Object.entries(endings) as [Ending, readonly Column[]][]).flatMap(([ending, columns]) =>
        columns.map((column) => cellOf(row, column, ending)),
      ),
    )
    .filter((cell) => !cells.has(cell));
}

/** The table with how often each cell was hit: + done, . skipped, x refused. */
export function drawTable({ cells }: Tally): string {
  const columns: Column[] = ["None", ...PENDING, ...RUNNING, ...LAPSED, "Closed"];
  const signs: readonly (readonly [Ending, string])[] = [
    ["done", "+"],
    ["skipped", "."],
    ["refused", "x"],
  ];
  const lines = Object.keys(TABLE).map((row) =>
    columns.map((column) =>
      signs
        .map(([ending, sign]) => [cells.get(cellOf(row, column, ending)), sign] as const)
        .filter(([hits]) => hits !== undefined)
        .map(([hits, sign]) => `${sign}${hits}`)
        .join(" "),
    ),
  );
  const rows = [["", ...columns], ...Object.keys(TABLE).map((row, index) => [row, ...(lines[index] ?? [])])];
  const widths = [18, ...columns.map((_, at) => Math.max(...rows.map((row) => row[at + 1]?.length ?? 0)))];
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
