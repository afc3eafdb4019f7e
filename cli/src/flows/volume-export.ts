// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { type GatewayClient, UserError, verifyVolumeArchive } from "@berth/sdk";
import { megabytes, tellEvery } from "./archive-progress.ts";
import { createPhaseRunner, type Note, type Progress } from "./phases.ts";

/** What an export goes through, in this order. */
export const EXPORT_PHASES = ["downloading", "checking"] as const;
export type ExportPhase = (typeof EXPORT_PHASES)[number];

export interface ExportRequest {
  readonly gateway: Pick<GatewayClient, "volumes">;
  readonly volume: string;
  /** Of the archive; until it is whole and checked it stands beside it, as `.part`. */
  readonly path: string;
  /** Though the workload runs. */
  readonly live: boolean;
  /** Over a file that is there. */
  readonly force: boolean;
  readonly onProgress: (progress: Progress<ExportPhase>) => void;
}

export interface Exported {
  /** Of the whole archive. */
  readonly sha256: string;
  readonly archiveBytes: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes a volume's archive to a file that is there only once all its checksums are right; one that breaks off is begun anew. Throws
 * UserError E_FILE_EXISTS, E_VOLUME_ARCHIVE, and what the gateway refuses with.
 */
export async function exportVolume(request: ExportRequest, signal: AbortSignal): Promise<Exported> {
  const { path, force, volume, onProgress } = request;
  if (!force && existsSync(path)) throw fileExists(path);
  const part = `${path}.part`;
  const runner = createPhaseRunner(onProgress, () => performance.now());
  try {
    const got = await runner.run("downloading", `asking for volume ${volume}`, (note) =>
      download(request, part, note, signal),
    );
    const listing = await runner.run("checking", "comparing each checksum", async () => {
      const value = await verifyVolumeArchive(createReadStream(part), () => createHash("sha256"));
      return { value, text: `${value.files} files are as they were` };
    });
    await rename(part, path);
    return { ...got, files: listing.files, bytes: listing.bytes };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function download(
  { gateway, volume, live }: ExportRequest,
  part: string,
  note: Note,
  signal: AbortSignal,
): Promise<{ value: Pick<Exported, "sha256" | "archiveBytes">; text: string }> {
  const hash = createHash("sha256");
  const tell = tellEvery(note);
  const file = await open(part, "w", 0o600);
  let archiveBytes = 0;
  try {
    for await (const piece of gateway.volumes.archive(volume, live, signal)) {
      hash.update(piece);
      await file.writeFile(piece);
      archiveBytes += piece.length;
      tell(`${megabytes(archiveBytes)} are here`, { archiveBytes });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return {
    value: { sha256: hash.digest("hex"), archiveBytes },
    text: `${megabytes(archiveBytes)} are here`,
  };
}

function fileExists(path: string): UserError {
  return new UserError("E_FILE_EXISTS", `${path} is there already.`, {
    atRisk: "nothing: nothing was asked for",
    next: "Name another file, or say --force.",
    facts: { path },
  });
}
