// SPDX-License-Identifier: Apache-2.0
import { hash64 } from "./hash64.ts";
import type { LeaseId, MarketIdentity } from "./identity.ts";

/** Labels that say whose an object is; `service`, `manifest` and `volume` are what adoption needs besides. */
export const LABELS = {
  lease: "berth.lease",
  chain: "berth.chain",
  market: "berth.market",
  service: "berth.service",
  manifest: "berth.manifest",
  image: "berth.image",
  volume: "berth.volume",
  gpus: "berth.gpus",
  /** The port that a proxy sends HTTP to, and the address that it is asked for with. */
  http: "berth.http",
  url: "berth.url",
} as const;

/** Every lease's bridge interface begins so: host firewall rules match it as `berth+`. */
export const BRIDGE_PREFIX = "berth";

/** Linux refuses interface names of more than 15 characters. */
const BRIDGE_SUFFIX_LENGTH = 10;

/** Name of a service's container; the same on every boot, so a second create finds the first. */
export function containerName(identity: MarketIdentity, leaseId: LeaseId, service: string): string {
  return `${leaseName(identity, leaseId)}-${service}`;
}

export function networkName(identity: MarketIdentity, leaseId: LeaseId): string {
  return `${leaseName(identity, leaseId)}-net`;
}

export function volumeName(identity: MarketIdentity, leaseId: LeaseId, volume: string): string {
  return `${leaseName(identity, leaseId)}-vol-${volume}`;
}

/** The lease and the volume that a name of `volumeName` is made of; null for any other name. */
export function partsOfVolumeName(
  identity: MarketIdentity,
  name: string,
): { readonly leaseId: LeaseId; readonly volume: string } | null {
  const [, id, volume] = /^berth-\d+-[0-9a-f]{8}-(0|[1-9]\d*)-vol-(.+)$/.exec(name) ?? [];
  if (id === undefined || volume === undefined) return null;
  const leaseId = BigInt(id);
  return volumeName(identity, leaseId, volume) === name ? { leaseId, volume } : null;
}

/** Host interface of the lease's network: the prefix and a 51-bit hash of the lease's name, 15 characters. */
export function bridgeName(identity: MarketIdentity, leaseId: LeaseId): string {
  const space = 36n ** BigInt(BRIDGE_SUFFIX_LENGTH);
  const suffix = (hash64(leaseName(identity, leaseId)) % space).toString(36);
  return BRIDGE_PREFIX + suffix.padStart(BRIDGE_SUFFIX_LENGTH, "0");
}

/** Labels of everything that belongs to the market on this chain. */
export function marketLabels(identity: MarketIdentity): Record<string, string> {
  return { [LABELS.chain]: String(identity.chainId), [LABELS.market]: identity.market.toLowerCase() };
}

/** Labels of everything that belongs to the lease. */
export function leaseLabels(identity: MarketIdentity, leaseId: LeaseId): Record<string, string> {
  return { ...marketLabels(identity), [LABELS.lease]: String(leaseId) };
}

/** Label that says for ever which image a container was made of. */
export function imageLabel(pin: string): Record<string, string> {
  return { [LABELS.image]: pin };
}

/** Labels of a service's container; the hash says which manifest it was made of. */
export function containerLabels(
  identity: MarketIdentity,
  workload: { readonly leaseId: LeaseId; readonly manifestHash: string },
  service: string,
): Record<string, string> {
  const { leaseId, manifestHash } = workload;
  return { ...leaseLabels(identity, leaseId), [LABELS.service]: service, [LABELS.manifest]: manifestHash };
}

/** The label that tells which GPUs a service's container has, from which a lost journal learns it again. */
export function gpuLabels(gpus: readonly { readonly uuid: string }[]): Record<string, string> {
  return gpus.length === 0 ? {} : { [LABELS.gpus]: gpus.map(({ uuid }) => uuid).join(",") };
}

/** The GPUs that a container's labels tell of. */
export function gpusOfLabels(labels: Readonly<Record<string, string>> | null | undefined): readonly string[] {
  return (labels?.[LABELS.gpus] ?? "").split(",").filter(Boolean);
}

export function volumeLabels(
  identity: MarketIdentity,
  leaseId: LeaseId,
  volume: string,
): Record<string, string> {
  return { ...leaseLabels(identity, leaseId), [LABELS.volume]: volume };
}

function leaseName(identity: MarketIdentity, leaseId: LeaseId): string {
  return `berth-${identity.chainId}-${identity.market.slice(2, 10).toLowerCase()}-${leaseId}`;
}
