// SPDX-License-Identifier: Apache-2.0
import type { VolumeTerms } from "../types.ts";
import { parseMebibytes } from "../units.ts";
import { fieldsOf, readField, refuse, writtenOf, type ComposeNode } from "./node.ts";

/** Takes a share of what the offer's storage has left. */
const NO_TERMS: VolumeTerms = { sizeMiB: null };

/** A volume under the top-level `volumes`: nothing, or `x-berth` with its size. */
export function readVolume(node: ComposeNode): VolumeTerms {
  if (node.content === null) return NO_TERMS;
  return readField(fieldsOf(node, "volumes.*"), "x-berth", readTerms, NO_TERMS);
}

function readTerms(node: ComposeNode): VolumeTerms {
  return { sizeMiB: readField(fieldsOf(node, "volumes.*.x-berth"), "size", readSize, null) };
}

function readSize(node: ComposeNode): number | null {
  const text = writtenOf(node);
  if (text === null) return null;
  const mebibytes = parseMebibytes(text);
  if (mebibytes === null) refuse(node, { reason: "is no size", fix: "write one like 512M or 2G" });
  return mebibytes;
}
