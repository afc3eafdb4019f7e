// SPDX-License-Identifier: Apache-2.0
import { access, mkdir, readdir, realpath, rename, rm, stat, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BerthError } from "@berth/sdk";
import { crashpoint } from "../../../crashpoint.ts";
import type { Creation } from "../../../ports/container-runtime.ts";
import type { Owner } from "../owner.ts";
import { damaged, dataLost, exhausted, failed, replacing, shrinks } from "./disk-errors.ts";
import { DATA, flush, makeImageFile, reserve, SCRATCH } from "./image-file.ts";
import { mountImage, removeFile, requireLetGo, unmountImage, type Place } from "./loop-mounts.ts";
import { ProgramFailure } from "./programs.ts";
import { promisedBy, roomOf } from "./room.ts";

/** How much disk a volume gets: a hard bound of its own, or whatever is there. */
export type VolumeQuota = "ext4" | "none";

/** A volume's file on this machine. */
export interface StoredVolume {
  /** The engine's name of the volume. */
  readonly name: string;
  readonly sizeMiB: number;
}

export interface StoreOptions {
  /** Folder for the files. */
  readonly folder: string;
  readonly quota: VolumeQuota;
}

/** A fresh file system beside a volume's own, to be filled and then put in its place. */
export interface Stage {
  /** Path of its folder. */
  readonly data: string;
  /** Puts it in the place of the volume's file system, in one rename; nothing may have that mounted. */
  take(signal: AbortSignal): Promise<void>;
  /** Takes it away, unless it was taken, and lets the volume be attached again. To be called in any case. */
  drop(signal: AbortSignal): Promise<void>;
}

const MIB = 1024 * 1024;
const IMAGE = ".img";
/** What is not whole: a creation or an import that was cut off leaves it, and it is never looked into again. */
const UNFINISHED = ".img.new";
const MOUNT = ".mnt";
const STAGE_MOUNT = ".new.mnt";

/**
 * Volumes with a hard size: each an ext4 in a file of its own that has all its disk, mounted by a loop device under the daemon's data
 * folder. A file is made under another name and renamed once it is whole, so that a file with a volume's name always is.
 */
export class VolumeStore {
  readonly quota: VolumeQuota;
  #folder: string;
  readonly #replaced = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ folder, quota }: StoreOptions) {
    this.#folder = resolve(folder);
    this.quota = quota;
  }

  /** Makes the folder, whose own path the kernel tells of mounts, and clears away what was cut off. To be called before anything else. */
  async prepare(signal: AbortSignal): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    this.#folder = await realpath(this.#folder);
    for (const file of await this.#files()) {
      const path = join(this.#folder, file);
      if (file.endsWith(STAGE_MOUNT)) await this.#dropStage(file.slice(0, -STAGE_MOUNT.length), signal);
      else if (file.endsWith(UNFINISHED)) await removeFile(path);
      else if (file.startsWith(SCRATCH)) await rm(path, { recursive: true, force: true });
    }
  }

  /** All volumes that have a file here. */
  async list(): Promise<readonly StoredVolume[]> {
    const names = (await this.#files())
      .filter((file) => file.endsWith(IMAGE))
      .map((file) => file.slice(0, -IMAGE.length));
    const found = await Promise.all(names.map((name) => this.find(name)));
    return found.filter((volume) => volume !== null);
  }

  async find(name: string): Promise<StoredVolume | null> {
    const file = await stat(this.#placeOf(name).image).catch(nothingThere);
    return file === null ? null : { name, sizeMiB: Math.floor(file.size / MIB) };
  }

  /** Path of the folder that the engine is to mount; it is there only while the volume's own file system is. */
  dataPath(name: string): string {
    return join(this.#placeOf(name).mountPoint, DATA);
  }

  /**
   * Makes the volume, or lets it grow, and mounts it. Errors: PermanentError E_VOLUME_SHRINK, E_VOLUME_DAMAGED; RetryableError
   * E_STORAGE_EXHAUSTED where the disk cannot be promised.
   */
  async ensure({ name, sizeMiB }: StoredVolume, owner: Owner, signal: AbortSignal): Promise<Creation> {
    return this.#inTurn(name, async () => {
      const found = await this.find(name);
      if (found !== null && found.sizeMiB > sizeMiB) throw shrinks(name, found.sizeMiB, sizeMiB);
      if (found === null) await this.#make(name, sizeMiB, owner, signal);
      else if (found.sizeMiB < sizeMiB) await this.#grow(found, sizeMiB, signal);
      await this.#attach(name, signal);
      crashpoint("volume-mounted");
      return found === null ? "created" : "exists";
    });
  }

  /** Mounts the volume, unless it is. PermanentError E_VOLUME_DAMAGED; RetryableError E_VOLUME_BUSY while it is being replaced. */
  async attach(name: string, signal: AbortSignal): Promise<void> {
    if (this.#replaced.has(name)) throw replacing(name);
    await this.#inTurn(name, () => this.#attach(name, signal));
  }

  /** Takes the volume down and its data away. RetryableError E_VOLUME_BUSY while something holds it. */
  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#inTurn(name, async () => {
      await this.#dropStage(name, signal);
      await unmountImage(this.#placeOf(name), signal);
      crashpoint("volume-unmounted");
      await removeFile(this.#placeOf(name).image);
    });
  }

  /** Makes an empty file system of the volume's size beside it. Until it is dropped, the volume is not attached. */
  async stage(name: string, owner: Owner, signal: AbortSignal): Promise<Stage> {
    if (this.#replaced.has(name)) throw replacing(name);
    this.#replaced.add(name);
    const stage = this.#stageOf(name);
    try {
      await this.#inTurn(name, async () => {
        const found = await this.find(name);
        if (found === null) throw dataLost(name);
        await this.#dropStage(name, signal);
        await this.#requireRoom(name, found.sizeMiB * MIB);
        await makeImageFile(stage.image, found.sizeMiB, owner, signal);
        await mountImage(stage, signal);
      });
    } catch (error) {
      await this.#giveUpStage(name, new AbortController().signal).catch(() => undefined);
      throw error;
    }
    return {
      data: join(stage.mountPoint, DATA),
      take: (until) => this.#inTurn(name, () => this.#takeStage(name, until)),
      drop: (until) => this.#giveUpStage(name, until),
    };
  }

  /** The volume may be attached again, whatever becomes of the stage: one that stays is dropped before the next is made. */
  async #giveUpStage(name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#inTurn(name, () => this.#dropStage(name, signal));
    } finally {
      this.#replaced.delete(name);
    }
  }

  async #takeStage(name: string, signal: AbortSignal): Promise<void> {
    const [place, stage] = [this.#placeOf(name), this.#stageOf(name)];
    await unmountImage(stage, signal);
    await flush(stage.image);
    await requireLetGo(place, signal);
    crashpoint("volume-import-verified");
    await rename(stage.image, place.image);
    await flush(this.#folder);
    crashpoint("volume-import-taken");
    await this.#attach(name, signal);
  }

  async #dropStage(name: string, signal: AbortSignal): Promise<void> {
    await unmountImage(this.#stageOf(name), signal);
    await removeFile(this.#stageOf(name).image);
  }

  async #make(name: string, sizeMiB: number, owner: Owner, signal: AbortSignal): Promise<void> {
    const { image } = this.#placeOf(name);
    const unfinished = this.#stageOf(name).image;
    await this.#requireRoom(name, sizeMiB * MIB);
    await makeImageFile(unfinished, sizeMiB, owner, signal);
    crashpoint("volume-formatted");
    await rename(unfinished, image);
    await flush(this.#folder);
    crashpoint("volume-image-made");
  }

  async #grow({ name, sizeMiB }: StoredVolume, wantedMiB: number, signal: AbortSignal): Promise<void> {
    await this.#requireRoom(name, (wantedMiB - sizeMiB) * MIB);
    await reserve(this.#placeOf(name).image, wantedMiB, signal);
    crashpoint("volume-image-grown");
  }

  async #attach(name: string, signal: AbortSignal): Promise<void> {
    const place = this.#placeOf(name);
    const found = await this.find(name);
    if (found === null) throw dataLost(name);
    await reserve(place.image, found.sizeMiB, signal);
    await mountImage(place, signal);
    await access(this.dataPath(name)).catch((error: unknown) => {
      throw damaged(name, `it holds no folder ${DATA}`, error);
    });
  }

  async #requireRoom(name: string, wanted: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    const files = (await this.#files()).filter((file) => file.endsWith(IMAGE));
    const stats = await Promise.all(files.map((file) => stat(join(this.#folder, file)).catch(nothingThere)));
    const promised = stats
      .filter((file) => file !== null)
      .reduce((sum, { size, blocks }) => sum + promisedBy({ size, allocated: blocks * 512 }), 0);
    const room = roomOf({ free: bavail * bsize, promised });
    if (wanted > room) throw exhausted(name, wanted, room);
  }

  /** One change at a time: what is promised is counted before more is. */
  async #inTurn<T>(name: string, change: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(change);
    this.#turn = mine.catch(() => undefined);
    return mine.catch((error: unknown) => {
      throw error instanceof BerthError || !isMachines(error) ? error : failed(name, error);
    });
  }

  #placeOf(name: string): Place {
    return {
      volume: name,
      image: join(this.#folder, name + IMAGE),
      mountPoint: join(this.#folder, name + MOUNT),
    };
  }

  #stageOf(name: string): Place {
    const at = (suffix: string): string => join(this.#folder, name + suffix);
    return { volume: name, image: at(UNFINISHED), mountPoint: at(STAGE_MOUNT) };
  }

  async #files(): Promise<readonly string[]> {
    return (await readdir(this.#folder).catch(nothingThere)) ?? [];
  }
}

function isMachines(error: unknown): boolean {
  return error instanceof ProgramFailure || (error instanceof Error && "errno" in error);
}

function nothingThere(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
