// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../domain/identity.ts";
import type { DiskUse, ImageAccess, PullWatch } from "../domain/image.ts";
import type {
  LogLine,
  ObservedContainer,
  ObservedContainers,
  ObservedWorkload,
  Sample,
} from "../domain/observed.ts";
import type { ServiceSpec, VolumeSpec, WorkloadSpec } from "../domain/workload.ts";

/**
 * Runs workloads. Names are the lock: a create answers `exists` when the object with our name and our labels is there,
 * and refuses (PermanentError E_FOREIGN_OBJECT) when it is somebody else's. Removing what is gone, stopping what is stopped
 * and starting what runs succeed. Whatever cannot be found out is a RetryableError, never an empty answer.
 */
export interface ContainerRuntime {
  /** Names the engine and its version; RetryableError E_RUNTIME_UNREACHABLE when it does not answer. */
  describe(signal: AbortSignal): Promise<RuntimeDescription>;
  /** Everything of this market that exists. */
  observe(signal: AbortSignal): Promise<readonly ObservedWorkload[]>;
  /** The containers of this market alone: what is asked for often. */
  observeContainers(signal: AbortSignal): Promise<readonly ObservedContainers[]>;
  /**
   * The pin of what an image reference names now, see `domain/image.ts`. PermanentError E_IMAGE_NOT_FOUND or E_IMAGE_DENIED when it cannot be
   * had in the tenant's name; RetryableError E_REGISTRY_UNREACHABLE when nobody can tell.
   */
  resolveImage(image: string, access: ImageAccess, signal: AbortSignal): Promise<string>;
  /**
   * Pulls what the pin names, and nothing else, unless the engine has it. PermanentError E_IMAGE_LOST when nobody has it any more,
   * E_IMAGE_TOO_LARGE, E_IMAGE_DIGEST; RetryableError E_IMAGE_STALLED, E_DISK_SHORT. What came of a pull that failed is gone again.
   */
  ensureImage(pin: string, watch: PullWatch, signal: AbortSignal): Promise<void>;
  /** Removes images that were pulled and are needed no more, the longest unneeded first; answers their pins. */
  collectImages(collection: Collection, signal: AbortSignal): Promise<readonly string[]>;
  /** The disk that images, containers and volumes are on; null where it cannot be seen from here. */
  disk(signal: AbortSignal): Promise<DiskUse | null>;
  createNetwork(leaseId: LeaseId, signal: AbortSignal): Promise<Creation>;
  /**
   * Makes the volume, or lets the one that is there grow to this size. PermanentError E_VOLUME_SHRINK for less than it has,
   * E_VOLUME_DAMAGED; RetryableError E_STORAGE_EXHAUSTED. Where volumes are not bounded, the size is only a word.
   */
  createVolume(leaseId: LeaseId, volume: VolumeSpec, signal: AbortSignal): Promise<Creation>;
  /** Of an image that was ensured: `service.image` is its pin, which the container tells ever after. */
  createContainer(
    workload: Pick<WorkloadSpec, "leaseId" | "manifestHash" | "tier">,
    service: ServiceSpec,
    signal: AbortSignal,
  ): Promise<Creation>;
  /** RetryableError E_PORT_TAKEN where somebody else holds a port of the host that it publishes: its fact `port` says which, if known. */
  startContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void>;
  /** Asks to end, then kills after the grace. */
  stopContainer(leaseId: LeaseId, service: string, graceSeconds: number, signal: AbortSignal): Promise<void>;
  freezeContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void>;
  thawContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void>;
  removeContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void>;
  /**
   * Lets the provider's proxy reach the lease's network; nothing where it does already. Errors: RetryableError E_INGRESS_AWAY,
   * E_NETWORK_GONE; PermanentError E_INGRESS_FORWARDS for a proxy that would pass packets between leases, E_INGRESS_NETWORK for one whose own
   * way to the world a lease's network would become.
   */
  joinIngress(leaseId: LeaseId, signal: AbortSignal): Promise<void>;
  /** The proxy leaves it first. */
  removeNetwork(leaseId: LeaseId, signal: AbortSignal): Promise<void>;
  removeVolume(leaseId: LeaseId, volume: string, signal: AbortSignal): Promise<void>;
  /** Number of the user whose the files of a service are that names no user. */
  ownUser(leaseId: LeaseId, signal: AbortSignal): Promise<number>;
  /** All that is in the volume, as a tar archive of a folder `data`. RetryableError E_VOLUME_GONE where there is none. */
  readVolume(leaseId: LeaseId, volume: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * Puts other content in the place of all that is in the volume: it is written beside it, read back to `content.check`, and takes its
   * place at once when that has found nothing wrong; a failure at any moment leaves the volume as it was. Errors: RetryableError
   * E_VOLUME_GONE, E_VOLUME_BUSY while a container that has the volume runs, E_STORAGE_EXHAUSTED; UserError E_VOLUME_TOO_SMALL,
   * E_VOLUME_NOT_REPLACEABLE where volumes are not bounded.
   */
  replaceVolume(leaseId: LeaseId, volume: string, content: VolumeContent, signal: AbortSignal): Promise<void>;
  /**
   * One measurement of each container, in their order: null for one that does not run any more, or not in the incarnation that was
   * observed, and why for one that could not be measured.
   */
  sample(
    containers: readonly ObservedContainer[],
    signal: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Sample | null>[]>;
  /**
   * Asks the machine instead of the engine, for the time in which that does not answer. True only where the machine itself shows that
   * a container which ran when it was last observed has run on, and will when the engine is back; false is no fact at all.
   */
  stillRuns(container: ObservedContainer): Promise<boolean>;
  /** Recorded lines, oldest first; with `follow`, then new ones until the signal or the container's end. */
  logs(leaseId: LeaseId, request: LogRequest, signal: AbortSignal): AsyncIterable<LogLine>;
}

/** What is to be in a volume. */
export interface VolumeContent {
  /** A tar archive of a folder `data`, whose entries are known to be harmless. */
  readonly archive: () => AsyncIterable<Uint8Array>;
  /** Rejects where what was written, as an archive of the same kind, is not what it should be. */
  readonly check: (written: AsyncIterable<Uint8Array>) => Promise<void>;
}

export interface RuntimeDescription {
  readonly name: string;
  readonly version: string;
}

export type Creation = "created" | "exists";

export interface Collection {
  /** Whether a pin is needed, though nothing stand on it: asked right before it goes, because a lease may begin meanwhile. */
  readonly isNeeded: (pin: string) => boolean;
  /** How full the disk may stay, in percent. */
  readonly downTo: number;
}

export interface LogRequest {
  readonly service: string;
  /** Last lines to begin with, 0 to 10,000. */
  readonly tail: number;
  readonly follow: boolean;
}
