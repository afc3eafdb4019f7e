// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = `${ROOT}cache/reach`;

/** How often the campaign of invariants came to each function of a lease in each status: by function, then by status. */
export type Reach = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A cell of the table and how often it was reached. */
export interface Cell {
  readonly name: string;
  readonly hits: number;
}

/** Makes room for what the campaign of a number will write. */
export function forgetReach(number: number): void {
  mkdirSync(FOLDER, { recursive: true });
  rmSync(fileOf(number), { force: true });
}

/** What the campaign of a number has written, summed over its runs; nothing where it wrote nothing. */
export function readReach(number: number): Reach | undefined {
  if (!existsSync(fileOf(number))) return undefined;
  return reachOf(readFileSync(fileOf(number), "utf8"), names("test/solidity/Reach.sol", "Deed"), [
    ...names("contracts/types/Enums.sol", "LeaseStatus"),
  ]);
}

/** The table of some lines, one a run. The runner closes its last run twice, so that equal lines are one. */
export function reachOf(text: string, deeds: readonly string[], statuses: readonly string[]): Reach {
  const lines = [...new Set(text.split("\n").filter((line) => line !== ""))].map((line) =>
    line.split(",").map(Number),
  );
  const hits = (cell: number): number => lines.reduce((total, line) => total + (line[cell] ?? 0), 0);
  return Object.fromEntries(
    deeds.map((deed, row) => [
      deed,
      Object.fromEntries(
        statuses.map((status, column) => [status, hits(row * statuses.length + column)] as const).slice(1),
      ),
    ]),
  );
}

/** The sum of two tables. */
export function addReach(one: Reach | undefined, other: Reach): Reach {
  return Object.fromEntries(
    Object.entries(other).map(([deed, row]) => [
      deed,
      Object.fromEntries(
        Object.entries(row).map(([status, hits]) => [status, hits + (one?.[deed]?.[status] ?? 0)]),
      ),
    ]),
  );
}

/** The cell that was reached least. */
export function rarestOf(reach: Reach): Cell {
  const cells = Object.entries(reach).flatMap(([deed, row]) =>
    Object.entries(row).map(([status, hits]) => ({ name: `${deed} / ${status}`, hits })),
  );
  return cells.reduce((least, cell) => (cell.hits < least.hits ? cell : least));
}

/** The table, to be looked at. */
export function drawReach(reach: Reach): string {
  const statuses = Object.keys(Object.values(reach)[0] ?? {});
  const rows = [
    ["", ...statuses],
    ...Object.entries(reach).map(([deed, row]) => [deed, ...Object.values(row).map(String)]),
  ];
  const widths = [18, ...statuses.map(() => 10)];
  const { name, hits } = rarestOf(reach);
  const lines = rows.map((row) =>
    row
      .map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
      .join(""),
  );
  return [...lines, `reached least: ${name}, ${hits} times`].join("\n");
}

function fileOf(number: number): string {
  return `${FOLDER}/${number}.csv`;
}

/** The names of a Solidity enum. */
function names(path: string, name: string): readonly string[] {
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(readFileSync(ROOT + path, "utf8"))?.[1];
  if (body === undefined) throw new Error(`${path} has no enum ${name}`);
  return body.split(",").map((word) => word.trim());
}
