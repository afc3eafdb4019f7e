// SPDX-License-Identifier: Apache-2.0
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { type Hex, zeroHash } from "viem";
import { InvariantError, UserError } from "./errors.ts";
import type { Usage } from "./types.ts";

/** Types of a leaf: the fields of the contract's `Usage`, in its order. */
const LEAF_ENCODING = ["uint256", "uint64", "uint64", "uint64", "uint64", "uint64", "uint64"];

/** The figures of a report, bound by one root. */
export interface UsageTree {
  /** What the report names; zero where there is no figure. */
  readonly root: Hex;
  /** The siblings from a lease's leaf to the root. Throws UserError E_USAGE_UNKNOWN for a lease that is not in the tree. */
  proofOf(leaseId: bigint): Hex[];
  /** The whole tree as JSON, numbers as decimal strings: OpenZeppelin's `StandardMerkleTree.load` takes it. */
  dump(): unknown;
}

/** Builds the tree of a report; the order of the figures does not matter. Throws InvariantError E_USAGE_LEASE_TWICE. */
export function buildUsageTree(usages: readonly Usage[]): UsageTree {
  const leaves = usages.map(leafOf);
  const indexOf = new Map(usages.map(({ leaseId }, index) => [leaseId, index]));
  if (indexOf.size < usages.length) throw leaseTwice();
  if (leaves.length === 0) return emptyTree();
  const tree = StandardMerkleTree.of(leaves, LEAF_ENCODING);
  return {
    root: tree.root as Hex,
    proofOf: (leaseId) => {
      const index = indexOf.get(leaseId);
      if (index === undefined) throw unknownLease(leaseId);
      return tree.getProof(index) as Hex[];
    },
    dump: () => tree.dump(),
  };
}

/** Whether a figure is in the tree with this root; what the contract's `verifyUsage` answers. */
export function verifyUsage(root: Hex, usage: Usage, proof: readonly Hex[]): boolean {
  return StandardMerkleTree.verify(root, LEAF_ENCODING, leafOf(usage), [...proof]);
}

function leafOf(usage: Usage): string[] {
  const { leaseId, measuredAt, servedSeconds, cpuMillisSeconds, memoryMiBSeconds } = usage;
  const { networkRxBytes, networkTxBytes } = usage;
  const fields = [leaseId, measuredAt, servedSeconds, cpuMillisSeconds, memoryMiBSeconds];
  return [...fields, networkRxBytes, networkTxBytes].map(String);
}

function emptyTree(): UsageTree {
  return {
    root: zeroHash,
    proofOf: (leaseId) => {
      throw unknownLease(leaseId);
    },
    dump: () => ({ format: "standard-v1", leafEncoding: LEAF_ENCODING, tree: [], values: [] }),
  };
}

function unknownLease(leaseId: bigint): UserError {
  return new UserError("E_USAGE_UNKNOWN", `The report says nothing of lease ${leaseId}.`, {
    atRisk: "nothing: usage is evidence, it moves no money",
    next: "Ask for a report that was made while the lease ran.",
    facts: { leaseId: String(leaseId) },
  });
}

function leaseTwice(): InvariantError {
  return new InvariantError("E_USAGE_LEASE_TWICE", "A report names a lease twice.", {
    atRisk: "the evidence of this report: two figures of one lease contradict each other",
    next: "Report this as a defect.",
  });
}
