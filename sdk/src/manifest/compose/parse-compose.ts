// SPDX-License-Identifier: Apache-2.0
import { findProblems } from "../checks.ts";
import { canonicalManifestText, sizeRefusals } from "../document.ts";
import { throwRefusals, type Refusal } from "../errors.ts";
import { showPath } from "../path.ts";
import { manifestSchema } from "../schema.ts";
import type { Manifest } from "../types.ts";
import { NO_TERMS, readMarket } from "./market.ts";
import { entriesOf, fieldsOf, isMapping, readField, refuse, textOf, type ComposeNode } from "./node.ts";
import { placeOf } from "./place.ts";
import { readService } from "./service.ts";
import { readVolume } from "./volumes.ts";
import { readYaml } from "./yaml-tree.ts";

const UNREADABLE_NAME = "unreadable";
const ANY_SALT = `0x${"0".repeat(64)}` as const;

/** What a Compose file may take in. */
export interface ComposeOptions {
  /** For `${NAME}` and for environment entries without a value. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Reads the accepted subset of the Compose Specification and writes out every default. ManifestError with all refusals of
 * the file; nothing in it is ignored.
 */
export function parseCompose(text: string, options: ComposeOptions): Manifest {
  throwRefusals(sizeRefusals(text));
  const root = readYaml(text, options.environment);
  const manifest = readManifest(root);
  throwRefusals(inOrder([...root.reading.refusals, ...ruleRefusals(manifest, root)]));
  throwRefusals(sizeRefusals(canonicalManifestText({ version: 1, salt: ANY_SALT, manifest })));
  return manifest;
}

function readManifest(root: ComposeNode): Manifest {
  const fields = fieldsOf(root, "");
  if (!isMapping(root.content)) throwRefusals(root.reading.refusals);
  if (!fields.has("name")) {
    refuse(root, { reason: "no `name` is written, and none is taken from a folder", fix: "write `name:`" });
  }
  return {
    name: readField(fields, "name", textOf, UNREADABLE_NAME),
    services: readField(fields, "services", readServices, {}),
    volumes: readField(fields, "volumes", readVolumes, {}),
    market: readField(fields, "x-berth", readMarket, NO_TERMS),
  };
}

function readServices(node: ComposeNode): Manifest["services"] {
  return Object.fromEntries([...entriesOf(node)].map(([name, entry]) => [name, readService(entry)]));
}

function readVolumes(node: ComposeNode): Manifest["volumes"] {
  return Object.fromEntries([...entriesOf(node)].map(([name, entry]) => [name, readVolume(entry)]));
}

function ruleRefusals(manifest: Manifest, root: ComposeNode): readonly Refusal[] {
  const refused = new Set(root.reading.refusals.map(({ path }) => path));
  return findProblems(manifestSchema, manifest)
    .map(({ code, path, reason, fix }) => {
      const place = placeOf(manifest, path, root);
      return { code, path: showPath(place.path), reason, fix, at: place.at };
    })
    .filter(({ path }) => !refused.has(path));
}

function inOrder(refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.toSorted((one, other) => lineOf(one) - lineOf(other));
}

function lineOf({ at }: Refusal): number {
  return Number(at?.split(":")[0] ?? 0);
}
