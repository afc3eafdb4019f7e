// SPDX-License-Identifier: Apache-2.0
import { busy, foreign } from "../runtime-errors.ts";
import { isAlive, type FakeEngine, type FakeObject } from "./fake-engine.ts";

/** The owner's object of this name; null where there is none. E_FOREIGN_OBJECT where it is somebody else's. */
export function owned<T extends FakeObject>(
  owner: string,
  kind: "container" | "network" | "volume",
  objects: ReadonlyMap<string, T>,
  name: string,
): T | null {
  const found = objects.get(name);
  if (found !== undefined && found.owner !== owner) throw foreign(kind, name);
  return found ?? null;
}

/** The provider's proxy leaves it first. */
export function dropNetwork(engine: FakeEngine, name: string): void {
  const users = [...engine.containers.values()].filter(({ network }) => network === name);
  if (users.some(isAlive)) throw busy("network", name);
  engine.proxy?.delete(name);
  engine.networks.delete(name);
}
