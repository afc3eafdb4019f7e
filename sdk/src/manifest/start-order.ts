// SPDX-License-Identifier: Apache-2.0
import { InvariantError } from "../errors.ts";
import type { Manifest, Service } from "./types.ts";

type Dependent = Pick<Service, "dependsOn">;

/**
 * Names of the services, each after all that it depends on; of those that may come next the first by name, so that the
 * order does not hang on the order of keys. InvariantError E_MANIFEST_CYCLE for a manifest that was never checked.
 */
export function startOrder(manifest: Pick<Manifest, "services">): string[] {
  const order = orderOf(manifest.services);
  if (order.length === Object.keys(manifest.services).length) return order;
  throw new InvariantError("E_MANIFEST_CYCLE", "services of a checked manifest wait for each other", {
    atRisk: "the workload, which cannot be started",
    next: "report this as a defect",
  });
}

/** Names along a circle of services that wait for each other, the first one again at the end; null when there is none. */
export function findCycle(services: Readonly<Record<string, Dependent>>): readonly string[] | null {
  const ordered = new Set(orderOf(services));
  const trail: string[] = [];
  let name = Object.keys(services).find((candidate) => !ordered.has(candidate));
  while (name !== undefined && !trail.includes(name)) {
    trail.push(name);
    name = dependenciesOf(services, name).find((dependency) => !ordered.has(dependency));
  }
  return name === undefined ? null : [...trail.slice(trail.indexOf(name)), name];
}

function orderOf(services: Readonly<Record<string, Dependent>>): string[] {
  const order: string[] = [];
  const waiting = new Set(Object.keys(services).sort());
  const isReady = (name: string) =>
    dependenciesOf(services, name).every((dependency) => !waiting.has(dependency));
  for (let next = [...waiting].find(isReady); next !== undefined; next = [...waiting].find(isReady)) {
    waiting.delete(next);
    order.push(next);
  }
  return order;
}

function dependenciesOf(services: Readonly<Record<string, Dependent>>, name: string): readonly string[] {
  return Object.keys(services[name]?.dependsOn ?? {}).filter((dependency) =>
    Object.hasOwn(services, dependency),
  );
}
