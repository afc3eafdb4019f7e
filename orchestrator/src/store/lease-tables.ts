// SPDX-License-Identifier: Apache-2.0
import { crashpoint } from "../crashpoint.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { Cursor, Incarnation, Intent, Journal, KeptManifest, LeaseNote } from "../ports/journal.ts";
import type { Database } from "./database.ts";
import { exitTable } from "./exit-table.ts";
import { gpuTable } from "./gpu-table.ts";
import { holderTable } from "./holder-table.ts";
import { startTable } from "./start-table.ts";
import { portTable } from "./port-table.ts";
import { spellTable } from "./spell-table.ts";
import { imageTables } from "./image-tables.ts";
import { putReported } from "./usage-tables.ts";

type Hash = `0x${string}`;

interface CursorRow {
  readonly block_number: string;
  readonly block_hash: Hash;
  readonly sequence: string;
}

interface IncarnationRow {
  readonly lease_id: string;
  readonly container_id: string;
  readonly started_at: number;
  readonly last_sample_at: number;
  readonly cpu_nanos: string;
  readonly memory_byte_millis: string;
  readonly network_rx_bytes: string;
  readonly network_tx_bytes: string;
}

type LeaseTables = Pick<
  Journal,
  | "cursor"
  | "advance"
  | "leaseNotes"
  | "forgetLease"
  | "manifest"
  | "keepManifest"
  | "manifestSecrets"
  | "imagePin"
  | "pinImage"
  | "imagePins"
  | "beginIntent"
  | "endIntent"
  | "openIntents"
  | "incarnations"
  | "saveIncarnations"
  | "noteExit"
  | "exits"
  | "publishedPorts"
  | "setPublishedPorts"
  | "noteSpell"
  | "spells"
  | "holder"
  | "bindHolder"
  | "trueStart"
  | "noteTrueStart"
  | "gpus"
  | "gpuHolders"
  | "holdGpus"
>;

const PER_LEASE = [
  "lease_note",
  "manifest",
  "intent",
  "incarnation",
  "reported_usage",
  "service_exit",
  "lease_holder",
  "true_start",
  "lease_gpu",
  "published_port",
  "health_spell",
  "image_pin",
] as const;

/** What is remembered of leases and of the chain position up to which they are known. */
export function leaseTables(database: Database): LeaseTables {
  // They are asked for at every look at what runs, and seldom change.
  let notes: readonly LeaseNote[] | null = null;
  return {
    cursor: () => cursorOf(database.one<CursorRow>("SELECT block_number, block_hash, sequence FROM cursor")),

    advance(cursor, news, reported = []) {
      if (news.length > 0) notes = null;
      database.atomically(() => {
        for (const note of news) putNote(database, note);
        for (const usage of reported) putReported(database, usage);
        putCursor(database, cursor);
      });
    },

    leaseNotes: () => (notes ??= readNotes(database)),

    forgetLease(leaseId) {
      notes = null;
      database.atomically(() => {
        for (const table of PER_LEASE) {
          database.run(`DELETE FROM ${table} WHERE lease_id = ?`, String(leaseId));
          crashpoint("forgetting-begun");
        }
      });
    },

    ...manifestTable(database),
    ...intentTable(database),
    ...incarnationTable(database),
    ...exitTable(database),
    ...holderTable(database),
    ...startTable(database),
    ...gpuTable(database),
    ...portTable(database),
    ...spellTable(database),
    ...imageTables(database),
  };
}

function manifestTable(database: Database): Pick<Journal, "manifest" | "keepManifest"> {
  return {
    manifest: (leaseId) =>
      database.one<KeptManifest>(
        "SELECT manifest_hash AS manifestHash, text FROM manifest WHERE lease_id = ?",
        String(leaseId),
      ),

    keepManifest(leaseId, { manifestHash, text }, secrets = null) {
      const id = String(leaseId);
      database.atomically(() => {
        database.run(
          "DELETE FROM image_pin WHERE lease_id = ? AND EXISTS (SELECT 1 FROM manifest WHERE lease_id = ? AND manifest_hash <> ?)",
          id,
          id,
          manifestHash,
        );
        database.run(
          "INSERT OR REPLACE INTO manifest (lease_id, manifest_hash, text, secrets) VALUES (?, ?, ?, ?)",
          id,
          manifestHash,
          text,
          secrets,
        );
      });
    },
  };
}

function intentTable(database: Database): Pick<Journal, "beginIntent" | "endIntent" | "openIntents"> {
  return {
    beginIntent: (leaseId, action, detail) =>
      database.run(
        "INSERT INTO intent (lease_id, action, detail) VALUES (?, ?, ?)",
        String(leaseId),
        action,
        detail,
      ),

    endIntent(id) {
      database.run("DELETE FROM intent WHERE id = ?", id);
    },

    openIntents: () =>
      database
        .all<Omit<Intent, "leaseId"> & { lease_id: string }>("SELECT * FROM intent ORDER BY id")
        .map(({ id, lease_id, action, detail }) => ({ id, leaseId: BigInt(lease_id), action, detail })),
  };
}

function incarnationTable(database: Database): Pick<Journal, "incarnations" | "saveIncarnations"> {
  return {
    incarnations: (leaseId) =>
      database
        .all<IncarnationRow>(
          "SELECT * FROM incarnation WHERE lease_id = ? ORDER BY started_at",
          String(leaseId),
        )
        .map((row) => incarnationOf(leaseId, row)),

    saveIncarnations(incarnations) {
      database.atomically(() => {
        for (const incarnation of incarnations) putIncarnation(database, incarnation);
      });
    },
  };
}

function putIncarnation(database: Database, incarnation: Incarnation): void {
  database.run(
    `INSERT OR REPLACE INTO incarnation (lease_id, container_id, started_at, last_sample_at,
       cpu_nanos, memory_byte_millis, network_rx_bytes, network_tx_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    String(incarnation.leaseId),
    incarnation.containerId,
    incarnation.startedAt,
    incarnation.lastSampleAt,
    String(incarnation.cpuNanos),
    String(incarnation.memoryByteMillis),
    String(incarnation.networkRxBytes),
    String(incarnation.networkTxBytes),
  );
}

function readNotes(database: Database): readonly LeaseNote[] {
  return database
    .all<{ lease_id: string; manifest_hash: Hash }>(
      "SELECT * FROM lease_note ORDER BY length(lease_id), lease_id",
    )
    .map((row) => ({ leaseId: BigInt(row.lease_id), manifestHash: row.manifest_hash }));
}

function putNote(database: Database, { leaseId, manifestHash }: LeaseNote): void {
  database.run(
    "INSERT OR REPLACE INTO lease_note (lease_id, manifest_hash) VALUES (?, ?)",
    String(leaseId),
    manifestHash,
  );
}

function putCursor(database: Database, { blockNumber, blockHash, sequence }: Cursor): void {
  database.run(
    "INSERT OR REPLACE INTO cursor (id, block_number, block_hash, sequence) VALUES (1, ?, ?, ?)",
    String(blockNumber),
    blockHash,
    String(sequence),
  );
}

function cursorOf(row: CursorRow | null): Cursor | null {
  if (row === null) return null;
  return {
    blockNumber: BigInt(row.block_number),
    blockHash: row.block_hash,
    sequence: BigInt(row.sequence),
  };
}

function incarnationOf(leaseId: LeaseId, row: IncarnationRow): Incarnation {
  return {
    leaseId,
    containerId: row.container_id,
    startedAt: row.started_at,
    lastSampleAt: row.last_sample_at,
    cpuNanos: BigInt(row.cpu_nanos),
    memoryByteMillis: BigInt(row.memory_byte_millis),
    networkRxBytes: BigInt(row.network_rx_bytes),
    networkTxBytes: BigInt(row.network_tx_bytes),
  };
}
