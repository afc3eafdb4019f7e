// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import type { MarketIdentity } from "../../domain/identity.ts";
import type { ImageRules } from "../../domain/image.ts";
import type { Ingress } from "../../domain/ingress.ts";
import type { SubnetPool } from "../../domain/subnets.ts";
import type { Engine } from "./client.ts";
import type { DiskReader } from "./disk/engine-disk.ts";
import type { VolumeStore } from "./disk/volume-store.ts";
import type { Inspections } from "./inspections.ts";
import type { Survivors } from "./survivors.ts";
import type { VolumeReads } from "./volume-reads.ts";

/** What every operation of the adapter works with. */
export interface DockerContext {
  readonly engine: Engine;
  readonly identity: MarketIdentity;
  /** Host address that published ports are bound to. */
  readonly publishAddress: string;
  /** What endpoints are told with instead of that address; that address where it is left out. */
  readonly publishHost?: string | undefined;
  /** The proxy that answers for ports that speak HTTP; left out where the provider runs none. */
  readonly ingress?: Ingress | undefined;
  readonly subnets: SubnetPool;
  readonly survivors: Survivors;
  readonly inspections: Inspections;
  readonly reads: VolumeReads;
  readonly images: ImageRules;
  readonly disk: DiskReader;
  /** Volumes with a size; without it none has one. */
  readonly store?: VolumeStore;
  /** Size that the engine bounds a container's own layer to, in MiB; without it the engine cannot. */
  readonly layerMiB?: number;
}

/**
 * The name, if it can stand in the path of a request as it is. PermanentError E_NAME_REFUSED otherwise: the client does not
 * escape names, so a slash or question mark in one would ask the engine for something else.
 */
export function safeName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return name;
  throw new PermanentError("E_NAME_REFUSED", `"${name}" cannot name a container or volume.`, {
    atRisk: "the lease does not run",
    next: "Name services and volumes with letters, digits, dots, dashes and underscores alone.",
  });
}

/** Whether the object carries each of these labels with that value; other labels beside them do not matter. */
export function carries(
  labels: Readonly<Record<string, string>> | null | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([name, value]) => labels?.[name] === value);
}

/** The engine's `label` filter for these labels. */
export function labelFilter(labels: Readonly<Record<string, string>>): { label: string[] } {
  return { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
}
