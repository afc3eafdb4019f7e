// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { LeaseId, MarketIdentity } from "../../domain/identity.ts";
import { volumeName } from "../../domain/names.ts";
import type { VolumeSpec } from "../../domain/workload.ts";
import type { Creation, VolumeContent } from "../../ports/container-runtime.ts";
import { busy, gone } from "../runtime-errors.ts";
import { shrinks } from "../docker/disk/disk-errors.ts";
import { tar } from "../docker/tar.ts";
import { isAlive, type FakeContainer, type FakeEngine, type FakeVolume } from "./fake-engine.ts";
import { owned } from "./fake-owner.ts";

const MIB = 1024 * 1024;

/** What a volume that nobody has written to reads as. */
export const EMPTY_VOLUME: Uint8Array = tar([
  { name: "data/", type: "directory", mode: 0o755, uid: 0, gid: 0, content: null },
]);

/** The volumes of one owner on a fake engine. */
export class FakeVolumes {
  readonly #engine: FakeEngine;
  readonly #identity: MarketIdentity;
  readonly #owner: string;

  constructor(engine: FakeEngine, identity: MarketIdentity, owner: string) {
    this.#engine = engine;
    this.#identity = identity;
    this.#owner = owner;
  }

  make(leaseId: LeaseId, { name: volume, sizeMiB }: VolumeSpec): Creation {
    const found = this.#find(leaseId, volume);
    if (found === null) {
      const made = { owner: this.#owner, leaseId, volume, sizeMiB, content: EMPTY_VOLUME };
      this.#engine.volumes.set(this.#nameOf(leaseId, volume), made);
      return "created";
    }
    if (found.sizeMiB !== null && sizeMiB < found.sizeMiB) throw shrinks(volume, found.sizeMiB, sizeMiB);
    if (found.sizeMiB !== null) found.sizeMiB = sizeMiB;
    return "exists";
  }

  /** As an engine that makes what a container mounts: without a size, where nobody has given it one. */
  require(leaseId: LeaseId, volume: string): void {
    if (this.#find(leaseId, volume) !== null) return;
    this.make(leaseId, { name: volume, sizeMiB: 0 });
    this.need(leaseId, volume).sizeMiB = null;
  }

  need(leaseId: LeaseId, volume: string): FakeVolume {
    const found = this.#find(leaseId, volume);
    if (found === null) throw gone("volume", this.#nameOf(leaseId, volume));
    return found;
  }

  /** The volume, while no container that has it runs. RetryableError E_VOLUME_BUSY otherwise. */
  atRest(leaseId: LeaseId, volume: string): FakeVolume {
    const found = this.need(leaseId, volume);
    if (this.#users(leaseId, volume).some(isAlive)) throw busy("volume", this.#nameOf(leaseId, volume));
    return found;
  }

  remove(leaseId: LeaseId, volume: string): void {
    if (this.#find(leaseId, volume) === null) return;
    const name = this.#nameOf(leaseId, volume);
    if (this.#users(leaseId, volume).length > 0) throw busy("volume", name);
    this.#engine.volumes.delete(name);
  }

  #users(leaseId: LeaseId, volume: string): readonly FakeContainer[] {
    const name = this.#nameOf(leaseId, volume);
    return [...this.#engine.containers.values()].filter(({ volumes }) => volumes.includes(name));
  }

  #find(leaseId: LeaseId, volume: string): FakeVolume | null {
    return owned(this.#owner, "volume", this.#engine.volumes, this.#nameOf(leaseId, volume));
  }

  #nameOf(leaseId: LeaseId, volume: string): string {
    return volumeName(this.#identity, leaseId, volume);
  }
}

/** The content, once it fits and its check has found nothing wrong. */
export async function takenIn({ sizeMiB }: FakeVolume, content: VolumeContent): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of content.archive()) parts.push(part);
  const bytes = Buffer.concat(parts);
  if (sizeMiB !== null && bytes.length > sizeMiB * MIB) {
    throw new UserError("E_VOLUME_TOO_SMALL", "What is to be imported does not fit the volume.", {
      atRisk: "nothing: the volume is as it was",
      next: "Let the volume grow.",
    });
  }
  await content.check(one(bytes));
  return bytes;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
