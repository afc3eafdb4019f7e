// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";
import { MIN_VOLUME_MIB } from "./rules.ts";
import type { Manifest, Resources } from "./types.ts";

/**
 * Divides the storage of an offer among the volumes, in MiB by name: sizes as they are written, and equal shares, rounded down, of
 * what these and the memory-backed folders leave for the volumes without one. UserError E_RESOURCES_ABOVE_OFFER where that does not
 * fit, and where a share would be below 16 MiB.
 */
export function allotStorage(
  { services, volumes }: Pick<Manifest, "services" | "volumes">,
  { storageMiB: offered }: Pick<Resources, "storageMiB">,
): Readonly<Record<string, number>> {
  const entries = Object.entries(volumes);
  const folders = Object.values(services).flatMap(({ tmpfs }) => tmpfs);
  const asked =
    folders.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0) +
    entries.reduce((sum, [, { sizeMiB }]) => sum + (sizeMiB ?? 0), 0);
  const shared = entries.filter(([, { sizeMiB }]) => sizeMiB === null);
  const needed = asked + shared.length * MIN_VOLUME_MIB;
  if (entries.length > 0 && needed > offered)
    throw aboveOffer(shared[0]?.[0] ?? entries[0]?.[0] ?? "*", needed, offered);
  const share = shared.length === 0 ? 0 : Math.floor((offered - asked) / shared.length);
  return Object.fromEntries(entries.map(([name, { sizeMiB }]) => [name, sizeMiB ?? share]));
}

function aboveOffer(volume: string, asked: number, offered: number): UserError {
  const path = `volumes.${volume}.x-berth.size`;
  return new UserError(
    "E_RESOURCES_ABOVE_OFFER",
    `${path}: ${asked} MiB of storage are needed, tmpfs included, and ${offered} are there`,
    {
      atRisk: "nothing: nothing was started",
      next: "write smaller sizes, or choose a larger offer",
      facts: { path, asked: String(asked), offered: String(offered) },
    },
  );
}
