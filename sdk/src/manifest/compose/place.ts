// SPDX-License-Identifier: Apache-2.0
import type { Path } from "../path.ts";
import type { Manifest } from "../types.ts";
import { isMapping, type ComposeNode } from "./node.ts";

const SERVICE_FIELD = 2;
const COMPOSE_NAMES: Readonly<Record<string, Path>> = {
  workingDir: ["working_dir"],
  dependsOn: ["depends_on"],
  stopSignal: ["stop_signal"],
  limits: ["deploy", "resources", "limits"],
  gpus: ["deploy", "resources", "reservations", "devices"],
  "restart.attempts": ["restart"],
  "gpus.count": ["deploy", "resources", "reservations", "devices", 0, "count"],
  "limits.cpuMillis": ["deploy", "resources", "limits", "cpus"],
  "limits.memoryMiB": ["deploy", "resources", "limits", "memory"],
  "healthcheck.intervalMs": ["healthcheck", "interval"],
  "healthcheck.timeoutMs": ["healthcheck", "timeout"],
  "healthcheck.startPeriodMs": ["healthcheck", "start_period"],
};
/** A volume's size in the manifest, and where it is written. */
const VOLUME_NAMES: Readonly<Record<string, Path>> = { sizeMiB: ["x-berth", "size"] };
const VOLUME_FIELD = 2;
const MARKET_NAMES: Readonly<Record<string, string>> = { maxRatePerHour: "maxRate" };

/** A place in the Compose file. */
export interface Place {
  readonly path: Path;
  readonly at: string | null;
}

/** Where in the file the value at a path of the manifest was written, or would have been. */
export function placeOf(manifest: Manifest, path: Path, root: ComposeNode): Place {
  const origin = originOf(manifest, path, root);
  if (origin !== undefined) return origin;
  const composePath = composePathOf(path);
  return { path: composePath, at: positionOf(root, composePath) };
}

function originOf(manifest: Manifest, path: Path, root: ComposeNode): ComposeNode | undefined {
  const [top, name, list, index] = path;
  if (top !== "services" || typeof name !== "string" || typeof index !== "number") return undefined;
  const service = Object.hasOwn(manifest.services, name) ? manifest.services[name] : undefined;
  const items: readonly object[] = service === undefined ? [] : itemsOf(service, list);
  const item = items[index];
  return item === undefined ? undefined : root.reading.origins.get(item);
}

function itemsOf(
  service: Manifest["services"][string],
  list: string | number | undefined,
): readonly object[] {
  if (list === "ports" || list === "expose" || list === "volumes" || list === "tmpfs") return service[list];
  return [];
}

function composePathOf(path: Path): Path {
  const [top, name, ...rest] = path;
  if (top === "market")
    return ["x-berth", ...(name === undefined ? [] : [MARKET_NAMES[name] ?? name]), ...rest];
  if (top === "volumes") return volumePathOf(path);
  return top === "services" ? servicePathOf(path, rest) : path;
}

function servicePathOf(path: Path, rest: Path): Path {
  const [field = "", part = "", ...deeper] = rest;
  const both = COMPOSE_NAMES[`${field}.${part}`];
  if (both !== undefined) return [...path.slice(0, SERVICE_FIELD), ...both, ...deeper];
  const one = COMPOSE_NAMES[String(field)];
  return one === undefined ? path : [...path.slice(0, SERVICE_FIELD), ...one, ...rest.slice(1)];
}

function volumePathOf(path: Path): Path {
  const written = VOLUME_NAMES[String(path[VOLUME_FIELD])];
  return written === undefined ? path : [...path.slice(0, VOLUME_FIELD), ...written];
}

function positionOf(root: ComposeNode, path: Path): string {
  let node = root;
  for (const segment of path) {
    const { content } = node;
    const child = isMapping(content) ? content.get(String(segment)) : undefined;
    if (child === undefined) return node.at;
    node = child;
  }
  return node.at;
}
