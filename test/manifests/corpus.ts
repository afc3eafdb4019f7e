// SPDX-License-Identifier: Apache-2.0
import { ManifestError, parseCompose, parseManifestDocument, type Refusal } from "@berth/sdk";
import { BOMBS } from "./bombs.ts";
import { DOCUMENTS } from "./documents.ts";
import { HOST_KEYS } from "./host-keys.ts";
import { ENVIRONMENT, type Door, type HostileCase } from "./hostile-case.ts";
import { IMAGES } from "./images.ts";
import { MOUNTS } from "./mounts.ts";
import { SHAPED } from "./shapes.ts";
import { VALUES } from "./values.ts";
import { VARIABLES, YAML } from "./yaml.ts";

/** Every hostile manifest, by what it tries. */
export const FAMILIES: Readonly<Record<string, readonly HostileCase[]>> = {
  "keys that open the machine, and keys that nobody knows": HOST_KEYS,
  "mounts of the machine": MOUNTS,
  "image references that are none": IMAGES,
  "values of a service outside their rules": VALUES,
  "names, terms and shapes that are none": SHAPED,
  "texts that YAML could read in two ways": YAML,
  "variables that are not the tenant's": VARIABLES,
  "texts that cost time or memory": BOMBS,
  "documents that no client wrote": DOCUMENTS,
};

export const CORPUS: readonly HostileCase[] = Object.values(FAMILIES).flat();

/** Takes a text through a door. */
export function enter(door: Door, text: string): void {
  if (door === "compose") parseCompose(text, { environment: ENVIRONMENT });
  else parseManifestDocument(text);
}

/** What came of a text: null where it was accepted. Whatever is thrown besides our refusal is thrown on. */
export function refusalOf(door: Door, text: string): Refusal | null {
  try {
    enter(door, text);
    return null;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return error.refusals[0] ?? null;
  }
}

/** Where and why: of what is wrong with the file as a whole, which has no path, the place in it. */
export function verdictOf({ code, path, at, reason }: Refusal): string {
  return [code, path === "" ? `at ${at ?? "no place"}` : path, reason].join(" | ");
}
