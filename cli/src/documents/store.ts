// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ManifestDocument } from "@berth/sdk";
import { canonicalManifestText, parseManifestDocument, UserError } from "@berth/sdk";
import type { Address, Hex } from "viem";

/** Which market a document belongs to. */
export interface MarketPlace {
  readonly chainId: number;
  readonly market: Address;
}

/**
 * Documents of leases on this machine. The market knows only their hash, so a document that is lost before its upload cannot be made
 * again: its salt is random. Each is therefore written before any money moves.
 */
export interface DocumentStore {
  /** Keeps a document under its hash, before its lease has a number. */
  keep(document: ManifestDocument, hash: Hex): void;
  /** Renames the document of a hash to its lease's number, and answers its path. */
  assign(hash: Hex, leaseId: bigint): string;
  /** The document of a lease, or of a hash whose lease never got to its name. Throws UserError E_DOCUMENT_UNKNOWN. */
  find(leaseId: bigint, hash: Hex): ManifestDocument;
}

/** A store in `leases/` of the data folder: files of mode 0600, since environment values are secrets. */
export function createDocumentStore(dataDir: string, place: MarketPlace): DocumentStore {
  const folder = join(dataDir, "leases");
  const prefix = `${place.chainId}-${place.market.slice(2, 10).toLowerCase()}`;
  const pathOf = (name: bigint | Hex): string => join(folder, `${prefix}-${name}.json`);
  return {
    keep: (document, hash) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(pathOf(hash), canonicalManifestText(document), { mode: 0o600, flush: true });
      chmodSync(pathOf(hash), 0o600);
    },
    assign: (hash, leaseId) => {
      renameSync(pathOf(hash), pathOf(leaseId));
      return pathOf(leaseId);
    },
    find: (leaseId, hash) => {
      const path = [pathOf(leaseId), pathOf(hash)].find((candidate) => existsSync(candidate));
      if (path === undefined) throw unknownDocument(leaseId, pathOf(leaseId));
      return parseManifestDocument(readFileSync(path, "utf8"));
    },
  };
}

function unknownDocument(leaseId: bigint, path: string): UserError {
  return new UserError(
    "E_DOCUMENT_UNKNOWN",
    `The manifest of lease ${leaseId} is not on this machine: no ${path}.`,
    {
      atRisk: "the lease does not start without it; its balance comes back after the start period",
      next: `Run this on the machine that opened the lease, or take the money back with \`berth close ${leaseId}\`.`,
      facts: { leaseId: leaseId.toString(), path },
    },
  );
}
