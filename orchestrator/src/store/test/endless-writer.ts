// SPDX-License-Identifier: Apache-2.0
import { writeSync } from "node:fs";
import type { LeaseNote } from "../../ports/journal.ts";
import { openJournal } from "../sqlite-journal.ts";

/** Whose journal the writer keeps. */
export const owner = {
  chainId: 31337,
  market: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  provider: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
} as const;

/** The hash that the writer gives to a block. */
export function blockHash(block: bigint): `0x${string}` {
  return `0x${block.toString(16).padStart(64, "0")}`;
}

/** What the writer notes at a block: three leases of its own. */
export function notesOf(block: bigint): readonly LeaseNote[] {
  return [0n, 1n, 2n].map((part) => ({ leaseId: block * 3n + part, manifestHash: blockHash(block) }));
}

function writeForEver(path: string): never {
  const journal = openJournal(path, owner);
  for (let block = (journal.cursor()?.blockNumber ?? 0n) + 1n; ; block += 1n) {
    journal.advance({ blockNumber: block, blockHash: blockHash(block), sequence: block }, notesOf(block));
    writeSync(1, `${block}\n`);
  }
}

if (import.meta.main && process.argv[2] !== undefined) writeForEver(process.argv[2]);
