// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import type { Command } from "commander";
import { connectSigning } from "../../chain/connect.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { openGateway } from "../../flows/gateway.ts";
import { readLease } from "../../flows/history.ts";
import { EXPORT_PHASES, exportVolume } from "../../flows/volume-export.ts";
import { leaseArgument } from "../../input/arguments.ts";
import { createPhaseView } from "../../output/phases.ts";

interface ExportOptions {
  readonly live?: boolean;
  readonly force?: boolean;
}

/** `berth volume export`: a volume as a checked archive on this machine. */
export function addExport(volume: Command, bind: CommandBinder): void {
  const command = volume
    .command("export")
    .description("write what is in a volume to a file, with checksums")
    .addArgument(leaseArgument())
    .argument("<volume>", "name of the volume in the manifest")
    .argument("<file>", "archive to write")
    .option("--live", "though the workload runs: what it writes meanwhile may be in it by half")
    .option("--force", "write over a file that is there");
  bind(command, runExport);
}

async function runExport(
  context: CommandContext,
  [leaseId, volume, file]: readonly [bigint, string, string],
  { live = false, force = false }: ExportOptions,
): Promise<void> {
  const { signal, output, now, config } = context;
  const session = await connectSigning(context);
  const { summary } = await readLease(session, leaseId, signal);
  const gateway = await openGateway(session, { leaseId, provider: summary.provider }, signal);
  const view = createPhaseView(EXPORT_PHASES, output, now);
  const path = resolve(config.sources.folder, file);
  try {
    const made = await exportVolume(
      { gateway, volume, path, live, force, onProgress: view.progress },
      signal,
    );
    await view.finish();
    output.data(
      { step: "exported", leaseId, volume, file: path, ...made },
      `Volume ${volume} of lease ${leaseId} is in ${path}: ${made.files} files, sha256 ${made.sha256}.`,
    );
  } catch (error) {
    await view.finish(error);
    throw error;
  }
}
