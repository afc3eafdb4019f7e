// SPDX-License-Identifier: Apache-2.0
import type { Usage } from "@berth/sdk";
import type { Exit } from "../domain/exits.ts";
import type { GpuHolders, HeldGpu } from "../domain/gpus.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { PublishedPort } from "../domain/published-ports.ts";
import type { Spell } from "../domain/spells.ts";

/** Chain position up to which events are applied. */
export interface Cursor {
  readonly blockNumber: bigint;
  readonly blockHash: `0x${string}`;
  /** The provider's event count there, as the contract keeps it: what proves that no event was missed. */
  readonly sequence: bigint;
}

/** What logs alone tell of a lease. */
export interface LeaseNote {
  readonly leaseId: LeaseId;
  /** Hash of what to run, from the newest event. */
  readonly manifestHash: `0x${string}`;
}

export interface KeptManifest {
  readonly manifestHash: `0x${string}`;
  /** Canonical text, as received. */
  readonly text: string;
}

/** Usage of one container from its start to its last sample; a restart begins another incarnation. */
export interface Incarnation {
  readonly leaseId: LeaseId;
  readonly containerId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly lastSampleAt: number;
  readonly cpuNanos: bigint;
  /** Integral of memory in use over time, byte-milliseconds. */
  readonly memoryByteMillis: bigint;
  readonly networkRxBytes: bigint;
  readonly networkTxBytes: bigint;
}

export interface OutboxEntry {
  readonly id: number;
  readonly nonce: number;
  readonly purpose: string;
  /** Signed, ready to be sent again as it is. */
  readonly rawTransaction: `0x${string}`;
  readonly hash: `0x${string}`;
  /** The most that may ever be offered per unit of gas for it, in wei; null where only the daemon's own cap holds. */
  readonly feeCap: bigint | null;
  readonly state: "signed" | "sent" | "mined" | "failed";
}

/** Intention to act on a lease, written before the act and settled after it. */
export interface Intent {
  readonly id: number;
  readonly leaseId: LeaseId;
  readonly action: string;
  readonly detail: string;
}

/**
 * What the daemon remembers over restarts. Every call is durable when it returns. Losing all of it loses no money and leaks no
 * container: chain and labels tell the rest.
 */
export interface Journal {
  cursor(): Cursor | null;
  /** Advances the cursor and notes what the events up to it told, in one transaction; figures of leases that are not noted are left out. */
  advance(cursor: Cursor, notes: readonly LeaseNote[], reported?: readonly Usage[]): void;
  /** The last figures of a lease that the chain's log shows, null before the first. */
  reportedUsage(leaseId: LeaseId): Usage | null;
  leaseNotes(): readonly LeaseNote[];
  /** Forgets a lease whose workload is gone for good. */
  forgetLease(leaseId: LeaseId): void;
  manifest(leaseId: LeaseId): KeptManifest | null;
  /**
   * With its private part as JSON, null where it has none: that of the last upload counts. Another manifest is another deployment: the pins
   * of the images of the one before are forgotten.
   */
  keepManifest(leaseId: LeaseId, manifest: KeptManifest, secrets?: string | null): void;
  /** The private part beside the kept manifest. Never to be logged or shown. */
  manifestSecrets(leaseId: LeaseId): string | null;
  /** What an image reference of the kept manifest was made into when it was deployed; null before that. */
  imagePin(leaseId: LeaseId, image: string): string | null;
  /** Notes it, once and for ever. */
  pinImage(leaseId: LeaseId, image: string, pin: string): void;
  /** All pins that any lease needs. */
  imagePins(): readonly string[];
  beginIntent(leaseId: LeaseId, action: string, detail: string): number;
  endIntent(id: number): void;
  openIntents(): readonly Intent[];
  incarnations(leaseId: LeaseId): readonly Incarnation[];
  /** All of them, or none. */
  saveIncarnations(incarnations: readonly Incarnation[]): void;
  /** Notes how an incarnation of the lease ended, once, and forgets those that ended before `since`, in milliseconds since 1970. */
  noteExit(leaseId: LeaseId, exit: Exit, since: number): void;
  /** In the order of their ends. */
  exits(leaseId: LeaseId): readonly Exit[];
  /** When an incarnation began by the monotonic clock which the engine, with a wall clock that had been set, told otherwise; null where it did not. */
  trueStart(containerId: string, told: number): number | null;
  noteTrueStart(leaseId: LeaseId, containerId: string, told: number, startedAt: number): void;
  /** Notes when a health check began to fail, or ended to, once for each beginning; forgets those that ended before `since`. */
  noteSpell(leaseId: LeaseId, spell: Spell, since: number): void;
  /** In the order of their beginnings. */
  spells(leaseId: LeaseId): readonly Spell[];
  /** The host's ports of all leases. */
  publishedPorts(): readonly PublishedPort[];
  /** Those of a lease, in the place of what was noted of it; throws where one of them is another lease's. */
  setPublishedPorts(leaseId: LeaseId, ports: readonly PublishedPort[]): void;
  /** Whose workload was begun under the number, see `holderOf`; null where none was. */
  holder(leaseId: LeaseId): string | null;
  /** Notes whose workload is begun; what is remembered of another holder's is forgotten. */
  bindHolder(leaseId: LeaseId, holder: string): void;
  /** The GPUs that a lease has for itself, in the order in which its services get them. */
  gpus(leaseId: LeaseId): readonly HeldGpu[];
  /** Which lease has each GPU that any has. */
  gpuHolders(): GpuHolders;
  /** Notes the GPUs of a lease, in place of those noted before; fails where one of them is another's. */
  holdGpus(leaseId: LeaseId, gpus: readonly HeldGpu[]): void;
  /** Before it is sent. */
  addToOutbox(entry: Omit<OutboxEntry, "id" | "state">): number;
  setOutboxState(id: number, state: OutboxEntry["state"]): void;
  /** Entries that are neither mined nor failed, by nonce. */
  pendingOutbox(): readonly OutboxEntry[];
  /** Hashes of the transactions for this purpose that are noted as mined, and not forgotten yet. */
  minedFor(purpose: string): readonly OutboxEntry["hash"][];
  /** Forgets what is mined or failed under a nonce below this one. */
  pruneOutbox(nonce: number): void;
  /** `keptAt` in milliseconds since 1970. */
  keepUsageTree(root: `0x${string}`, dump: string, keptAt: number): void;
  usageTree(root: `0x${string}`): string | null;
  /** Forgets the trees kept before this moment, in milliseconds since 1970; the newest always stays. */
  pruneUsageTrees(before: number): void;
  /** Our instance number, null before the first claim. */
  instance(): number | null;
  setInstance(instance: number): void;
  /** Writes, and changes nothing: throws what keeps the journal from being written. */
  touch(): void;
  /** Sees that a full disk still has room for it, where there is room to see to that; whether it has. */
  keepBallast(): boolean;
  /** Bytes that it takes. */
  size(): number;
  close(): void;
}
