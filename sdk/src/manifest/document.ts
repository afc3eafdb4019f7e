// SPDX-License-Identifier: Apache-2.0
import canonicalize from "canonicalize";
import { keccak256, stringToBytes, type Hex } from "viem";
import { InvariantError } from "../errors.ts";
import { findProblems } from "./checks.ts";
import { ManifestError, throwRefusals, type Refusal, type RefusalCode } from "./errors.ts";
import { showPath } from "./path.ts";
import { documentSchema } from "./schema.ts";
import { MAX_MANIFEST_BYTES, type Manifest, type ManifestDocument } from "./types.ts";

/** Puts a checked manifest and its salt (32 random bytes, lower-case hex) together. ManifestError if one of them is not right. */
export function newManifestDocument(manifest: Manifest, salt: Hex): ManifestDocument {
  const document: ManifestDocument = { version: 1, salt, manifest };
  throwRefusals(documentRefusals(document));
  throwRefusals(sizeRefusals(canonicalManifestText(document)));
  return document;
}

/** The RFC 8785 JSON of a document: the only text that has its hash, and the only one that providers take. */
export function canonicalManifestText(document: ManifestDocument): string {
  const text = canonicalize(document);
  if (text !== undefined) return text;
  throw new InvariantError("E_MANIFEST_UNDEFINED", "a manifest document has no JSON", {
    atRisk: "nothing: nothing was sent",
    next: "report this as a defect",
  });
}

/** keccak256 of the UTF-8 of the canonical text: what the lease carries on chain. */
export function manifestHash(document: ManifestDocument): Hex {
  return keccak256(stringToBytes(canonicalManifestText(document)));
}

/**
 * Reads what a tenant sent. Only the canonical text itself is taken, which leaves no room for doubled keys, blanks or other
 * spellings of a number. Throws nothing but ManifestError, and quotes nothing of the text.
 */
export function parseManifestDocument(json: string): ManifestDocument {
  throwRefusals(sizeRefusals(json));
  const value = parseJson(json);
  throwRefusals(documentRefusals(value));
  const document = value as ManifestDocument;
  const canonical = canonicalManifestText(document);
  if (canonical === json) return document;
  const reason = `the text is not in canonical form (RFC 8785) from character ${firstDifference(canonical, json)} on`;
  throw new ManifestError([
    whole("E_MANIFEST_NOT_CANONICAL", reason, "send the text of canonicalManifestText"),
  ]);
}

/** Why a text is too large to be a manifest, as Compose and as JSON alike; empty when it is not. */
export function sizeRefusals(text: string): readonly Refusal[] {
  const isLarge =
    text.length > MAX_MANIFEST_BYTES || new TextEncoder().encode(text).length > MAX_MANIFEST_BYTES;
  if (!isLarge) return [];
  const reason = `it has ${text.length} characters, and ${MAX_MANIFEST_BYTES} bytes are the most`;
  return [whole("E_MANIFEST_TOO_LARGE", reason, "put files and large values into the image")];
}

function documentRefusals(value: unknown): readonly Refusal[] {
  return findProblems(documentSchema, value).map(({ code, path, reason, fix }) => ({
    code,
    path: showPath(path),
    reason,
    fix,
    at: null,
  }));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ManifestError([
      whole("E_MANIFEST_SYNTAX", "the text is not JSON", "send the text of canonicalManifestText"),
    ]);
  }
}

/** Number, from 1, of the first character that differs. */
function firstDifference(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index += 1;
  return index + 1;
}

function whole(code: RefusalCode, reason: string, fix: string): Refusal {
  return { code, path: "", reason, fix, at: null };
}
