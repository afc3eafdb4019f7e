// SPDX-License-Identifier: Apache-2.0
import { getMarketEvents, type MarketEvent } from "@berth/sdk";
import { endpointsDisagree } from "./rpc/failures.ts";
import type { RpcPool } from "./rpc/pool.ts";

/** What reads are made through: a pool of endpoints. */
export type Reads = Pick<RpcPool, "read" | "readNewest" | "states">;

interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

type ReadPage = (range: Range, skip: number, signal: AbortSignal) => Promise<readonly MarketEvent[]>;

/** Blocks asked for at once: at most, and at least. */
const LARGEST = 10_000n;
const SMALLEST = 16n;

/**
 * Reads the provider's events in a range, page by page. A page that no endpoint answers is an error, never an empty list, and
 * makes the next try ask for half as many blocks; each page that is answered makes the next one larger again. Which manifest a
 * lease runs is believed only as long as no second endpoint tells of it differently.
 */
export function createEventPages(
  reads: Reads,
  provider: `0x${string}`,
): (range: Range, skip: number, signal: AbortSignal) => Promise<readonly MarketEvent[]> {
  const ask: ReadPage = ({ from: fromBlock, to: toBlock }, skip, signal) =>
    reads.read(
      signal,
      ({ client, address }) => getMarketEvents(client, { address, provider, fromBlock, toBlock, signal }),
      skip,
    );
  const readPage: ReadPage = async (range, skip, signal) => {
    const events = await ask(range, skip, signal);
    const serving = reads.states().filter((state) => state === "serving");
    if (serving.length > 1 && events.some(namesManifest)) {
      compare(events, await ask(range, skip + 1, signal));
    }
    return events;
  };
  let size = LARGEST;
  return async ({ from: first, to: last }, skip, signal) => {
    const found: MarketEvent[] = [];
    for (let from = first; from <= last;) {
      const to = from + size - 1n < last ? from + size - 1n : last;
      try {
        for (const event of await readPage({ from, to }, skip, signal)) found.push(event);
      } catch (error) {
        size = size / 2n < SMALLEST ? SMALLEST : size / 2n;
        throw error;
      }
      size = size * 2n > LARGEST ? LARGEST : size * 2n;
      from = to + 1n;
    }
    return found;
  };
}

function namesManifest({ args }: MarketEvent): boolean {
  return "manifestHash" in args;
}

/** What one of them does not show yet proves nothing: the provider's count tells whether it is missing. */
function compare(events: readonly MarketEvent[], others: readonly MarketEvent[]): void {
  const told = new Map(others.filter(namesManifest).map((event) => [placeOf(event), event]));
  for (const event of events.filter(namesManifest)) {
    const other = told.get(placeOf(event));
    if (other !== undefined && meaningOf(event) !== meaningOf(other))
      throw endpointsDisagree(sequenceOf(event));
  }
}

/** The same number on another fork is another event. */
function placeOf(event: MarketEvent): string {
  return `${sequenceOf(event)} ${event.blockHash}`;
}

function meaningOf({ name, args }: MarketEvent): string {
  const { leaseId, manifestHash } = args as { readonly leaseId: bigint; readonly manifestHash: string };
  return `${name} ${leaseId} ${manifestHash}`;
}

function sequenceOf({ args }: MarketEvent): bigint {
  return "sequence" in args ? args.sequence : 0n;
}
