// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../domain/identity.ts";
import type { LeaseNote } from "../ports/journal.ts";
import type { GatewayParts } from "./parts.ts";

type Hash = `0x${string}`;

/** Blocks that are read ahead of the follower at most; further behind, it is waited for. */
const MOST_BLOCKS_AHEAD = 1_000n;

/**
 * The hash of the manifest that a lease names: `wanted` if the journal has it, else the newest on chain, read ahead of the
 * follower and noted, so that a manifest never waits for a poll. Null while neither tells of the lease.
 */
export async function namedManifest(
  { journal, chain }: Pick<GatewayParts, "journal" | "chain">,
  leaseId: LeaseId,
  wanted: Hash,
  signal: AbortSignal,
): Promise<Hash | null> {
  const noted = (): Hash | null =>
    journal.leaseNotes().find((note) => note.leaseId === leaseId)?.manifestHash ?? null;
  if (noted() === wanted) return wanted;
  const cursor = journal.cursor();
  const head = await chain.head(signal);
  if (cursor === null || head.number - cursor.blockNumber > MOST_BLOCKS_AHEAD) return null;
  const ahead =
    head.number > cursor.blockNumber
      ? await newestNote(chain, leaseId, cursor.blockNumber + 1n, head.number, signal)
      : null;
  const now = journal.cursor();
  if (ahead !== null && now !== null && now.blockNumber < ahead.blockNumber) journal.advance(now, [ahead]);
  return noted();
}

async function newestNote(
  chain: GatewayParts["chain"],
  leaseId: LeaseId,
  fromBlock: bigint,
  toBlock: bigint,
  signal: AbortSignal,
): Promise<(LeaseNote & { readonly blockNumber: bigint }) | null> {
  const events = await chain.events(fromBlock, toBlock, signal);
  const notes = events.flatMap((event) => {
    if (event.name !== "LeaseOpened" && event.name !== "LeaseManifestChanged") return [];
    const { manifestHash } = event.args;
    return event.args.leaseId === leaseId ? [{ leaseId, manifestHash, blockNumber: event.blockNumber }] : [];
  });
  return notes.at(-1) ?? null;
}
