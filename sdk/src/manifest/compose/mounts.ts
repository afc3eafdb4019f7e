// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "../errors.ts";
import { show } from "../path.ts";
import type { TmpfsMount, VolumeMount } from "../types.ts";
import { parseMebibytes } from "../units.ts";
import {
  fieldsOf,
  flagOf,
  isList,
  isMapping,
  readField,
  readItems,
  refuse,
  textOf,
  type ComposeNode,
} from "./node.ts";

/** Size of a tmpfs that says none, in MiB. */
const DEFAULT_TMPFS_MIB = 64;

const NAMED_FIX = 'name a volume under `volumes` and write "name:/path" or "name:/path:ro"';
const REFUSED_TYPES: Readonly<Record<string, Problem>> = {
  bind: { reason: "a bind mount opens files of the provider's machine", fix: NAMED_FIX },
  npipe: { reason: "a named pipe belongs to the provider's machine", fix: NAMED_FIX },
  cluster: { reason: "a lease has no volumes but its own", fix: NAMED_FIX },
  image: { reason: "only named volumes are mounted", fix: "put the files into the service's own image" },
  tmpfs: {
    reason: "memory-backed files are written in one place only",
    fix: 'write `tmpfs: ["/path:size=64m"]` on the service',
  },
};

/** Mounts of named volumes, in the short syntax (`name:/path`, `name:/path:ro`) or the long one. */
export function readMounts(node: ComposeNode): readonly VolumeMount[] {
  return readItems(node, (item) => (isMapping(item.content) ? readLongMount(item) : readShortMount(item)));
}

/** Memory-backed mounts: one `/path` or `/path:size=64m`, or a list of them. */
export function readTmpfs(node: ComposeNode): readonly TmpfsMount[] {
  const list = isList(node.content) ? node : { ...node, content: [node] };
  return readItems(list, readTmpfsItem);
}

function readShortMount(node: ComposeNode): VolumeMount | null {
  const text = textOf(node);
  if (text === null) return null;
  const [volume = "", path = "", ...modes] = text.split(":");
  const problem = sourceProblem(volume, path) ?? modeProblem(modes);
  if (problem === null) return { volume, path, readOnly: modes[0] === "ro" };
  refuse(node, problem);
  return null;
}

function sourceProblem(source: string, target: string): Problem | null {
  if (source.includes("docker.sock") || target.includes("docker.sock")) {
    return {
      reason: `the engine's socket owns the provider's machine, and ${show(source)} on ${show(target)} is one`,
      fix: "remove it; no container reaches the engine",
    };
  }
  if (target === "" && source.startsWith("/")) {
    return { reason: "a volume without a name would be lost with its container", fix: NAMED_FIX };
  }
  if (/[/\\~.]/.test(source) || target.startsWith("\\")) {
    return {
      reason: `${show(source)} is a bind mount, which opens files of the provider's machine`,
      fix: NAMED_FIX,
    };
  }
  return target === "" ? { reason: `${show(source)} names no place in the container`, fix: NAMED_FIX } : null;
}

function modeProblem(modes: readonly string[]): Problem | null {
  const [mode, ...others] = modes;
  if (mode === undefined || (others.length === 0 && ["ro", "rw"].includes(mode))) return null;
  if (/^[zZ]$/.test(mode)) {
    return { reason: `"${mode}" relabels files of the provider's machine`, fix: "remove it" };
  }
  return { reason: `${show(modes.join(":"))} is no option of a volume here`, fix: "write ro, rw or nothing" };
}

function readLongMount(node: ComposeNode): VolumeMount | null {
  const fields = fieldsOf(node, "services.*.volumes.*");
  const type = readField(fields, "type", textOf, "");
  const source = readField(fields, "source", textOf, "");
  const path = readField(fields, "target", textOf, "");
  const readOnly = readField(fields, "read_only", flagOf, false);
  const problem = longProblem(type, source, path);
  if (problem === null) return { volume: source, path, readOnly };
  refuse(node, problem);
  return null;
}

function longProblem(type: string, source: string, path: string): Problem | null {
  if (Object.hasOwn(REFUSED_TYPES, type)) return REFUSED_TYPES[type] ?? null;
  const missing = [
    type !== "volume" && "`type: volume`",
    source === "" && "`source`",
    path === "" && "`target`",
  ];
  const names = missing.filter((name) => name !== false);
  if (names.length === 0) return sourceProblem(source, path);
  return { reason: `${names.join(" and ")} is missing`, fix: "write type: volume, source and target" };
}

function readTmpfsItem(node: ComposeNode): TmpfsMount | null {
  const text = textOf(node);
  if (text === null) return null;
  const [, path = "", options] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const sizeMiB = options === undefined ? DEFAULT_TMPFS_MIB : tmpfsSize(options);
  if (sizeMiB !== null) return { path, sizeMiB };
  const reason = `${show(options ?? "")} is not a size alone; the provider sets all other options`;
  refuse(node, { reason, fix: 'write "/path:size=64m"' });
  return null;
}

function tmpfsSize(options: string): number | null {
  return options.startsWith("size=") ? parseMebibytes(options.slice("size=".length)) : null;
}
