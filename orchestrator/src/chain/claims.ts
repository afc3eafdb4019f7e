// SPDX-License-Identifier: Apache-2.0
import type { PublicClient } from "viem";
import type { Journal } from "../ports/journal.ts";
import type { Reads } from "./market-events.ts";
import { receiptOf } from "./nonces.ts";
import { readWith } from "./read.ts";

/** What a claim is sent for. Only one transaction can make an instance: where ours with this purpose is in a block, it is ours. */
export function purposeOfClaim(instance: number): string {
  return `claim instance ${instance}`;
}

/** Transactions of ours that claimed the instance, as the journal knows; a block may have held one and been taken back since. */
export function claimsOf(journal: Pick<Journal, "minedFor">, instance: number): readonly `0x${string}`[] {
  return journal.minedFor(purposeOfClaim(instance));
}

/** The instances of the claims that are signed and not seen through. */
export function openClaims(journal: Pick<Journal, "pendingOutbox">): readonly number[] {
  return journal.pendingOutbox().flatMap(({ purpose }) => {
    const claimed = /^claim instance (\d+)$/.exec(purpose)?.[1];
    return claimed === undefined ? [] : [Number(claimed)];
  });
}

/** Whether a block of the node's chain holds one of the transactions. */
export async function isHeld(
  client: PublicClient,
  hashes: readonly `0x${string}`[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const hash of hashes) {
    const receipt = await readWith(client, signal, (reader) => receiptOf(reader, hash));
    if (receipt?.status === "success") return true;
  }
  return false;
}

/** Whether the instance that the chain shows is ours: by the claim that its blocks hold, or, once that is final and forgotten, by number. */
export async function ownsInstance(
  journal: Pick<Journal, "instance" | "minedFor">,
  instance: number,
  isHeldNow: (hashes: readonly `0x${string}`[]) => Promise<boolean>,
): Promise<boolean> {
  const hashes = claimsOf(journal, instance);
  return hashes.length === 0 ? journal.instance() === instance : isHeldNow(hashes);
}

/** Reads, all on one node, the provider's instance in the newest block and whether that chain holds one of the transactions. */
export function newestInstance(reads: Pick<Reads, "read">, provider: `0x${string}`) {
  return (hashes: readonly `0x${string}`[], signal: AbortSignal) =>
    reads.read(signal, async (market) => ({
      instance: Number((await market.providerOf(provider, { signal })).instance),
      isHeld: await isHeld(market.client, hashes, signal),
    }));
}
