// SPDX-License-Identifier: Apache-2.0

/** How far behind the newest block something counts: a number of blocks, or what the chain itself calls safe or finalized. */
export type HeadDepth = bigint | "safe" | "finalized";

/** What a block is wanted for: to start and stop workloads, to count money as settled, to delete a tenant's data. */
export type HeadPurpose = "act" | "settle" | "delete";

/** Which block counts for what. A `delete` of 0 says that every block is final: a replaced one is no alarm there. */
export type HeadPolicy = Readonly<Record<HeadPurpose, HeadDepth>>;

/** How one chain is followed. */
export interface ChainHabits {
  readonly heads: HeadPolicy;
  /** Blocks by which an endpoint may be behind the best one before it is stale. */
  readonly lagBlocks: bigint;
  /** Blocks that are kept to find where a replaced chain parts; a deeper replacement is an alarm. */
  readonly linkedBlocks: number;
}

const L1: ChainHabits = {
  heads: { act: 2n, settle: "safe", delete: "finalized" },
  lagBlocks: 3n,
  linkedBlocks: 96,
};
const OP_STACK: ChainHabits = { ...L1, lagBlocks: 15n, linkedBlocks: 128 };
const ARBITRUM: ChainHabits = {
  ...L1,
  heads: { ...L1.heads, act: 8n },
  lagBlocks: 60n,
  linkedBlocks: 256,
};
const LOCAL: ChainHabits = {
  heads: { act: 0n, settle: 0n, delete: 0n },
  lagBlocks: 2n,
  linkedBlocks: 64,
};

const BY_CHAIN: ReadonlyMap<number, ChainHabits> = new Map([
  [1, L1],
  [11_155_111, L1],
  [8_453, OP_STACK],
  [84_532, OP_STACK],
  [10, OP_STACK],
  [11_155_420, OP_STACK],
  [42_161, ARBITRUM],
  [421_614, ARBITRUM],
  [31_337, LOCAL],
]);

/** The habits of a chain; one that is not known is followed with the care of a mainnet. */
export function habitsOf(chainId: number): ChainHabits {
  return BY_CHAIN.get(chainId) ?? L1;
}
