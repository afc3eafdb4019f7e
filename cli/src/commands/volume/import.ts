// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import type { Command } from "commander";
import { connectSigning } from "../../chain/connect.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { openGateway } from "../../flows/gateway.ts";
import { readLease } from "../../flows/history.ts";
import { IMPORT_PHASES, importVolume } from "../../flows/volume-import.ts";
import { leaseArgument } from "../../input/arguments.ts";
import { createPhaseView } from "../../output/phases.ts";

/** `berth volume import`: an archive in the place of all that is in a volume. */
export function addImport(volume: Command, bind: CommandBinder): void {
  const command = volume
    .command("import")
    .description("put an archive of `berth volume export` in the place of all that is in a volume")
    .addArgument(leaseArgument())
    .argument("<volume>", "name of the volume in the manifest")
    .argument("<file>", "archive to read")
    .option("--stop", "stop the workload for it, and have it started again after it");
  bind(command, runImport);
}

async function runImport(
  context: CommandContext,
  [leaseId, volume, file]: readonly [bigint, string, string],
  { stop = false }: { readonly stop?: boolean },
): Promise<void> {
  const { signal, output, now, config } = context;
  const session = await connectSigning(context);
  const { summary } = await readLease(session, leaseId, signal);
  const gateway = await openGateway(session, { leaseId, provider: summary.provider }, signal);
  const view = createPhaseView(IMPORT_PHASES, output, now);
  const path = resolve(config.sources.folder, file);
  try {
    const made = await importVolume({ gateway, volume, path, stop, onProgress: view.progress }, signal);
    await view.finish();
    output.data(
      { step: "imported", leaseId, volume, ...made },
      `Volume ${volume} of lease ${leaseId} holds what is in ${path}: ${made.files} files.`,
    );
  } catch (error) {
    await view.finish(error);
    throw error;
  }
}
