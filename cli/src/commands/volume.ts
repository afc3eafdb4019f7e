// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { CommandBinder } from "../context.ts";
import { addExport } from "./volume/export.ts";
import { addImport } from "./volume/import.ts";

/** `berth volume`: what is in the volumes of a lease. */
export function addVolume(program: Command, bind: CommandBinder): void {
  const volume = program.command("volume").description("take out and put in what is in a lease's volumes");
  addExport(volume, bind);
  addImport(volume, bind);
}
