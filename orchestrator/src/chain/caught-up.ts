// SPDX-License-Identifier: Apache-2.0
import { BerthError, RetryableError } from "@berth/sdk";
import type { PublicClient } from "viem";
import type { Clock } from "../ports/clock.ts";
import { readWith } from "./read.ts";

export interface CatchingUp {
  readonly client: PublicClient;
  readonly clock: Clock;
}

/** Milliseconds for which an RPC that is behind a block is waited for, and between two looks at it. */
const PATIENCE = 60_000;
const POLL = 250;

/**
 * Resolves once the chain's head is at this block or past it: an RPC that is behind shows what was before, which proves nothing.
 * RetryableError E_EFFECT_UNKNOWN where that is not so in a minute.
 */
export async function untilShown(
  { client, clock }: CatchingUp,
  blockNumber: bigint,
  signal: AbortSignal,
): Promise<void> {
  const since = clock.monotonic();
  for (;;) {
    const head = await readWith(client, signal, (reader) => reader.getBlock({ blockTag: "latest" }));
    if (head.number >= blockNumber) return;
    if (clock.monotonic() - since >= PATIENCE) throw effectUnknown(blockNumber);
    await clock.sleep(POLL, signal);
  }
}

/** Reads the state of a block once that is shown; several nodes may stand behind one address, so a refused read is tried again. */
export async function readPast<Answer>(
  parts: CatchingUp,
  blockNumber: bigint,
  signal: AbortSignal,
  read: () => Promise<Answer>,
): Promise<Answer> {
  const { clock } = parts;
  const since = clock.monotonic();
  for (;;) {
    await untilShown(parts, blockNumber, signal);
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BerthError) || !error.retryable) throw error;
      if (clock.monotonic() - since >= PATIENCE) throw effectUnknown(blockNumber, error);
    }
    await clock.sleep(POLL, signal);
  }
}

function effectUnknown(blockNumber: bigint, cause?: BerthError): RetryableError {
  return new RetryableError(
    "E_EFFECT_UNKNOWN",
    `A transaction is in block ${blockNumber}, which the RPC that is to show its effect does not have yet.`,
    {
      atRisk: "nothing: nothing is sent again until that block can be read",
      next: "Nothing, if it passes. Otherwise use another RPC, or give BERTH_RPC_URLS a second one.",
      facts: { blockNumber: String(blockNumber) },
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
