// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { crashpoint } from "../crashpoint.ts";
import type { Cursor, Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { ChainBlock, MarketChain } from "../ports/market-chain.ts";
import { manifestNotes, reportedUsages, sequencesAfter } from "./market-notes.ts";

export interface EventReaderOptions {
  readonly chain: Pick<MarketChain, "block" | "events" | "provider">;
  readonly journal: Pick<Journal, "cursor" | "advance">;
  /** A block at or before the provider's registration. */
  readonly startBlock: bigint;
  /** Blocks before the cursor that are read again each time; a node that is behind by no more is waited for. */
  readonly overlapBlocks: bigint;
  readonly log: Log;
}

/** Up to where events are applied: a cursor, or the block before the start, where nothing was counted yet. */
type Position = Pick<Cursor, "blockNumber" | "sequence">;

const PAGE_BLOCKS = 10_000n;
/** How many cursors are kept to find where a replaced chain parts from the one that was read. */
const TRAIL_LENGTH = 64;
const EVENTS_MISSING = "E_EVENTS_MISSING";

/** Reads on to a head and answers whether it had moved. */
export type EventReader = (head: ChainBlock, signal: AbortSignal) => Promise<boolean>;

/**
 * A function that reads on from the journal's cursor to the head, page by page. The provider's event count proves that no event
 * is missing: where one is, the page is asked of another endpoint, then everything is read again from the start block, and where
 * that does not help, the cursor stays and a RetryableError (E_EVENTS_MISSING) is thrown.
 */
export function createEventReader(options: EventReaderOptions): EventReader {
  const { journal, startBlock, log } = options;
  const start: Position = { blockNumber: startBlock - 1n, sequence: 0n };
  /** Cursors of this run, oldest first: where reading goes on, and what it falls back to. */
  const trail: Cursor[] = [journal.cursor()].filter((cursor) => cursor !== null);

  const readFrom = async (position: Position, head: ChainBlock, signal: AbortSignal): Promise<void> => {
    for (let at = position; at.blockNumber < head.number;) {
      const cursor = await readCompletePage(options, at, head, signal);
      if (trail.push(cursor) > TRAIL_LENGTH) trail.shift();
      at = cursor;
    }
  };

  return async (head, signal) => {
    if (isKnown(head, trail.at(-1), options.overlapBlocks)) return false;
    const position = (await walkBack(options, trail, head, signal)) ?? start;
    try {
      await readFrom(position, head, signal);
    } catch (error) {
      if (!isGap(error) || position === start) throw error;
      log.warn(
        { code: EVENTS_MISSING, startBlock: String(startBlock) },
        "reading again from the start block",
      );
      trail.length = 0;
      await readFrom(start, head, signal);
    }
    return true;
  };
}

/** True for the head that was read already, and for one that a node shows which is a little behind. */
function isKnown(head: ChainBlock, newest: Cursor | undefined, overlapBlocks: bigint): boolean {
  if (newest === undefined) return false;
  const behind = newest.blockNumber - head.number;
  return newest.blockHash === head.hash || (behind > 0n && behind <= overlapBlocks);
}

/** Drops the cursors that are not on the chain any more and answers the newest that is. */
async function walkBack(
  { chain, log }: EventReaderOptions,
  trail: Cursor[],
  head: ChainBlock,
  signal: AbortSignal,
): Promise<Cursor | undefined> {
  const newest = trail.at(-1);
  for (let cursor = newest; cursor !== undefined; cursor = trail.at(-1)) {
    const { blockNumber, blockHash } = cursor;
    if (blockNumber <= head.number && (await chain.block(blockNumber, signal)).hash === blockHash) break;
    trail.pop();
  }
  const ancestor = trail.at(-1);
  if (ancestor !== newest) {
    const fields = { cursor: String(newest?.blockNumber), ancestor: String(ancestor?.blockNumber ?? "none") };
    log.warn(fields, "the chain was replaced behind the cursor: reading again from the ancestor");
  }
  return ancestor;
}

/** As `readPage`, and of another endpoint where an event is missing. */
async function readCompletePage(
  options: EventReaderOptions,
  at: Position,
  head: ChainBlock,
  signal: AbortSignal,
): Promise<Cursor> {
  try {
    return await readPage(options, at, head, 0, signal);
  } catch (error) {
    if (!isGap(error)) throw error;
    options.log.warn({ code: EVENTS_MISSING, fromBlock: String(at.blockNumber + 1n) }, "asking another RPC");
    return readPage(options, at, head, 1, signal);
  }
}

/** Applies the events of one page and answers the cursor at its end. */
async function readPage(
  { chain, journal, startBlock, overlapBlocks }: EventReaderOptions,
  at: Position,
  head: ChainBlock,
  skip: number,
  signal: AbortSignal,
): Promise<Cursor> {
  const from = at.blockNumber + 1n - overlapBlocks;
  const isLast = head.number - at.blockNumber <= PAGE_BLOCKS;
  const end = isLast ? head : await chain.block(at.blockNumber + PAGE_BLOCKS, signal);
  const events = await chain.events(from < startBlock ? startBlock : from, end.number, signal, skip);
  const sequences = sequencesAfter(events, at.blockNumber);
  const sequence = at.sequence + BigInt(sequences.length);
  const expected = isLast ? (await chain.provider(head, signal)).sequence : sequence;
  if (sequence !== expected || !areConsecutive(sequences, at.sequence)) throw gap(at, end, expected);
  const cursor = { blockNumber: end.number, blockHash: end.hash, sequence };
  journal.advance(cursor, manifestNotes(events), reportedUsages(events));
  crashpoint("events-noted");
  return cursor;
}

function areConsecutive(sequences: readonly bigint[], before: bigint): boolean {
  return sequences.every((sequence, index) => sequence === before + BigInt(index) + 1n);
}

function gap(at: Position, end: ChainBlock, expected: bigint): RetryableError {
  return new RetryableError(
    EVENTS_MISSING,
    `Between blocks ${at.blockNumber + 1n} and ${end.number} the node shows other events than numbers ` +
      `${at.sequence + 1n} to ${expected} of the provider.`,
    {
      atRisk:
        "leases that were opened there may not be served; those that run go on, and nothing is decided on what is missing",
      next: "Nothing, if it mends by itself. Otherwise use a complete RPC, and a start block no later than the provider's registration.",
      facts: { fromBlock: String(at.blockNumber + 1n), toBlock: String(end.number) },
    },
  );
}

function isGap(error: unknown): boolean {
  return error instanceof RetryableError && error.code === EVENTS_MISSING;
}
