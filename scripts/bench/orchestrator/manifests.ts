// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { newManifestDocument, parseCompose, type ManifestDocument } from "@berth/sdk";
import { bytesToHex } from "viem";

const COMPOSE = fileURLToPath(new URL("../../../templates/hello/compose.yaml", import.meta.url));

/** The image of the template, and the words that it runs by itself. */
export const IMAGE = "berth/hello:local";
export const PROGRAM: readonly string[] = ["httpd"];

/** As many documents of the smallest useful manifest, each with a salt of its own. */
export function manifestDocuments(count: number): readonly ManifestDocument[] {
  const manifest = parseCompose(readFileSync(COMPOSE, "utf8"), { environment: {} });
  return Array.from({ length: count }, () => newManifestDocument(manifest, bytesToHex(randomBytes(32))));
}
