// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  BerthError,
  type GatewayClient,
  type ImportProgress,
  MAX_UPLOAD_PART,
  type Upload,
  UserError,
  verifyVolumeArchive,
} from "@berth/sdk";
import { megabytes, tellEvery } from "./archive-progress.ts";
import { createPhaseRunner, type Note, type PhaseEnd, type Progress } from "./phases.ts";

/** What an import goes through, in this order. */
export const IMPORT_PHASES = ["checking", "uploading", "applying"] as const;
export type ImportPhase = (typeof IMPORT_PHASES)[number];

export interface ImportRequest {
  readonly gateway: Pick<GatewayClient, "volumes">;
  readonly volume: string;
  readonly path: string;
  /** Whether the services are to be stopped for it. */
  readonly stop: boolean;
  readonly onProgress: (progress: Progress<ImportPhase>) => void;
}

export interface Imported {
  readonly sha256: string;
  readonly files: number;
  readonly bytes: number;
}

/** Tries to send a piece while the gateway is away, and the milliseconds between two. */
const TRIES = 5;
const AGAIN_AFTER = 2_000;

/**
 * Checks an archive here, sends it from where an earlier attempt was cut off, and has it put in the place of what is in the volume.
 * Throws UserError E_VOLUME_ARCHIVE for one that is torn or altered, and what the gateway refuses with: then the volume is as it was.
 */
export async function importVolume(request: ImportRequest, signal: AbortSignal): Promise<Imported> {
  const { volume, path, onProgress } = request;
  const runner = createPhaseRunner(onProgress, () => performance.now());
  const sha256 = await runner.run("checking", `comparing each checksum in ${path}`, () => check(path));
  const upload = { volume, sha256 };
  await runner.run("uploading", "asking what is there", (note) => send(request, upload, note, signal));
  const done = await runner.run("applying", "putting it in the volume's place", (note) =>
    apply(request, upload, note, signal),
  );
  return { sha256, files: done.files ?? 0, bytes: done.bytes };
}

async function check(path: string): Promise<PhaseEnd<string>> {
  await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const listing = await verifyVolumeArchive(createReadStream(path), () => createHash("sha256"));
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  const value = hash.digest("hex");
  return { value, text: `${listing.files} files, sha256 ${value}`, facts: { sha256: value } };
}

async function send(
  { gateway, path }: ImportRequest,
  upload: Upload,
  note: Note,
  signal: AbortSignal,
): Promise<PhaseEnd<null>> {
  const tell = tellEvery(note);
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    let sent = await gateway.volumes.received(upload, signal);
    if (sent > 0) note(`${megabytes(sent)} are there from an earlier attempt`, { sent });
    while (sent < size) {
      sent = await sendNext(gateway, upload, file, sent, signal);
      tell(`${megabytes(sent)} of ${megabytes(size)} sent`, { sent, size });
    }
    return { value: null, text: `${megabytes(size)} are there` };
  } finally {
    await file.close();
  }
}

/** Sends the piece at this place; answers from where to go on, which after a lost answer the gateway alone knows. */
async function sendNext(
  { volumes }: Pick<GatewayClient, "volumes">,
  upload: Upload,
  file: FileHandle,
  offset: number,
  signal: AbortSignal,
): Promise<number> {
  const piece = new Uint8Array(MAX_UPLOAD_PART);
  const { bytesRead } = await file.read(piece, 0, piece.length, offset);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await volumes.send(upload, offset, piece.slice(0, bytesRead), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BerthError)) throw error;
      if (error.code === "E_UPLOAD_OFFSET") return Number(error.facts["received"]);
      if (!error.retryable || attempt === TRIES) throw error;
      await delay(AGAIN_AFTER, undefined, { signal });
    }
  }
}

async function apply(
  { gateway, stop }: ImportRequest,
  upload: Upload,
  note: Note,
  signal: AbortSignal,
): Promise<PhaseEnd<ImportProgress>> {
  let last: ImportProgress = { phase: "checked", bytes: 0 };
  for await (const progress of gateway.volumes.apply(upload, stop, signal)) {
    last = progress;
    if (progress.phase !== "done")
      note(`${megabytes(progress.bytes)} ${progress.phase}`, { done: progress.phase, bytes: progress.bytes });
  }
  return { value: last, text: `${last.files ?? 0} files are in their place` };
}

function unreadable(path: string, cause: unknown): UserError {
  return new UserError("E_FILE_UNREADABLE", `${path} cannot be read.`, {
    atRisk: "nothing: the volume is as it was",
    next: "Name an archive that `berth volume export` wrote.",
    facts: { path },
    cause,
  });
}
