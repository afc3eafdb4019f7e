// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../../domain/identity.ts";
import { LABELS, marketLabels, partsOfVolumeName } from "../../domain/names.ts";
import type { ObservedVolume } from "../../domain/observed.ts";
import type { DockerContext } from "./context.ts";
import type { StoredVolume } from "./disk/volume-store.ts";
import { isBoundTo, listVolumes } from "./volumes.ts";

/** The market's volumes: what the engine has, what has a file on this machine, and what is there of both. */
export async function observeVolumes(
  context: DockerContext,
  signal: AbortSignal,
): Promise<readonly { readonly leaseId: LeaseId; readonly volume: ObservedVolume }[]> {
  const { identity, store } = context;
  const [volumes, files] = await Promise.all([
    listVolumes(context, marketLabels(identity), signal),
    store?.list() ?? [],
  ]);
  const stored = new Map(files.map((file) => [file.name, file]));
  const onEngine = volumes.flatMap((volume) => {
    const parts = partsOfVolumeName(identity, volume.Name);
    const { [LABELS.lease]: lease, [LABELS.volume]: name } = volume.Labels;
    if (parts === null || lease !== String(parts.leaseId) || name !== parts.volume) return [];
    const isBound = store !== undefined && isBoundTo(volume, store.dataPath(volume.Name));
    const file = stored.get(volume.Name);
    stored.delete(volume.Name);
    return [{ leaseId: parts.leaseId, volume: isBound ? bounded(parts.volume, file) : free(parts.volume) }];
  });
  return [...onEngine, ...[...stored.values()].flatMap((file) => halfMade(context, file))];
}

function bounded(name: string, file: StoredVolume | undefined): ObservedVolume {
  return { name, sizeMiB: file?.sizeMiB ?? null, isWhole: file !== undefined };
}

function free(name: string): ObservedVolume {
  return { name, sizeMiB: null, isWhole: true };
}

function halfMade(
  { identity }: DockerContext,
  { name, sizeMiB }: StoredVolume,
): readonly { readonly leaseId: LeaseId; readonly volume: ObservedVolume }[] {
  const parts = partsOfVolumeName(identity, name);
  if (parts === null) return [];
  return [{ leaseId: parts.leaseId, volume: { name: parts.volume, sizeMiB, isWhole: false } }];
}
