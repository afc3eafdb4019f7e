// SPDX-License-Identifier: Apache-2.0
import { CEILINGS, RUNTIME_BYTES_CEILING } from "./ceilings.ts";
import { OPERATIONS } from "./operations.ts";
import type { GasResult } from "./operations.ts";
import { PEERS } from "./peers.ts";

const HEADINGS = ["operation", "ours", "ceiling", "best peer", "its figure", "ratio", "usdc"];
const LEFT = new Set([0, 3]);

/** The figures beside ceilings and peers, one line an operation, with what sets each peer's figure apart below. */
export function tableOf({ settings, operations, usdc }: GasResult): string {
  const rows = OPERATIONS.map((name) => {
    const [gas, peer] = [operations[name] ?? Number.NaN, PEERS[name]];
    const mark = gas > CEILINGS[name] ? " !" : "";
    const beside =
      peer === undefined ? ["-", "-", "-"] : [peer.name, grouped(peer.gas), (gas / peer.gas).toFixed(2)];
    return [name, grouped(gas) + mark, grouped(CEILINGS[name]), ...beside, grouped(usdc[name] ?? Number.NaN)];
  });
  const notes = OPERATIONS.flatMap((name) => noteOf(name));
  const size = `runtime bytecode ${grouped(settings.runtimeBytes)} of ${grouped(RUNTIME_BYTES_CEILING)} bytes`;
  return [...aligned([HEADINGS, ...rows]), "", ...notes, "", size].join("\n");
}

/** Columns of one width each. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => padded(cell, column, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** With a comma between the thousands. */
export function grouped(figure: number): string {
  return figure.toLocaleString("en-US");
}

function padded(cell: string, column: number, width: number): string {
  return LEFT.has(column) ? cell.padEnd(width) : cell.padStart(width);
}

function noteOf(name: (typeof OPERATIONS)[number]): readonly string[] {
  const peer = PEERS[name];
  return peer === undefined || peer.note === "" ? [] : [`${name}: ${peer.name}, ${peer.note}`];
}
