// SPDX-License-Identifier: Apache-2.0
import { InvariantError } from "@berth/sdk";
import { backoffDelay } from "../domain/backoff.ts";
import { failureOf } from "../domain/failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { ChainBlock, ChainEvent, MarketChain } from "../ports/market-chain.ts";
import { type ActingGate, reorgTooDeep } from "./acting-gate.ts";
import { createEventReader, type EventReaderOptions } from "./event-reader.ts";
import { LinkedBlocks } from "./linked-blocks.ts";

export interface FollowerOptions extends EventReaderOptions {
  readonly chain: Pick<MarketChain, "head" | "block" | "events" | "provider">;
  readonly gate: Pick<ActingGate, "close" | "open" | "replaced">;
  /** Blocks that are kept to find where a replaced chain parts. */
  readonly linkedBlocks: number;
  /** False for a chain on which every block counts as final: there a replaced one is no alarm. */
  readonly knowsFinality: boolean;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  /** Answers 0 up to 1: spreads the waits after failures. */
  readonly random: () => number;
  /** Called with what the chain did; what to do is decided from state that is read anew. */
  readonly onEvent: (event: ChainEvent) => void;
  /** Called with what kept a poll from its end; the cursor stays at what was applied before. */
  readonly onFailure: (error: unknown) => void;
}

const LONGEST_WAIT_MS = 30_000;
/** Finality moves slowly: it is looked for this often. */
const FINALITY_INTERVAL_MS = 10_000;

/**
 * Follows the chain until the signal is aborted, then resolves. Failures are reported, waited for (longer each time, up to
 * half a minute) and tried again, for ever.
 */
export async function followChain(options: FollowerOptions, signal: AbortSignal): Promise<void> {
  const { pollIntervalMs, clock, random, log, onFailure } = options;
  const patience = { first: pollIntervalMs, longest: Math.max(pollIntervalMs, LONGEST_WAIT_MS) };
  const poll = createPoll(options);
  let failures = 0;
  while (!signal.aborted) {
    try {
      await poll(signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      log.warn({ ...failureOf(error), failures }, "the chain could not be followed");
      onFailure(error);
    }
    const wait = failures === 0 ? pollIntervalMs : backoffDelay(patience, failures, random());
    await clock.sleep(wait, signal).catch(() => undefined);
  }
}

/** One look at the chain: is the head of the chain that was followed, which events are new, what became final. */
function createPoll(options: FollowerOptions): (signal: AbortSignal) => Promise<void> {
  const { chain, gate, linkedBlocks, onEvent } = options;
  const linked = new LinkedBlocks({ chain, size: linkedBlocks });
  const readOn = createEventReader(options);
  const lookForFinality = createFinalityLook(options, linked);
  return async (signal) => {
    const head = await chain.head(signal);
    await advance(options, linked, head, signal);
    const hasMoved = await readOn(head, signal);
    gate.open();
    if (hasMoved) onEvent({ kind: "block", block: head });
    await lookForFinality(signal);
    await linked.reachBack(signal);
  };
}

async function advance(
  { gate, log, onEvent }: FollowerOptions,
  linked: LinkedBlocks,
  head: ChainBlock,
  signal: AbortSignal,
): Promise<void> {
  try {
    const reorg = await linked.advance(head, signal);
    if (reorg === null) return;
    const { ancestor, replaced } = reorg;
    gate.replaced(ancestor);
    const fields = { replaced: String(replaced.number), head: String(head.number) };
    if (ancestor === null) {
      const alarm = reorgTooDeep(replaced, head);
      gate.close(alarm);
      log.error({ ...fields, ...failureOf(alarm), next: alarm.next }, "the chain was replaced");
    } else log.warn({ ...fields, ancestor: String(ancestor.number) }, "the chain was replaced");
    onEvent(reorg);
  } catch (error) {
    if (error instanceof InvariantError) {
      gate.close(error);
      log.error({ ...failureOf(error), next: error.next }, "the chain is not followed");
    }
    throw error;
  }
}

/** Looks now and then for the newest block that nothing takes back. A node that does not tell it keeps nothing else from going on. */
function createFinalityLook(
  { chain, clock, knowsFinality, log, onEvent }: FollowerOptions,
  linked: LinkedBlocks,
): (signal: AbortSignal) => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    if (!knowsFinality || clock.monotonic() - lookedAt < FINALITY_INTERVAL_MS) return;
    lookedAt = clock.monotonic();
    try {
      const block = await chain.head(signal, "delete");
      if (linked.finalize(block)) onEvent({ kind: "finalize", block });
    } catch (error) {
      signal.throwIfAborted();
      log.warn(failureOf(error), "what is final is not known");
    }
  };
}
