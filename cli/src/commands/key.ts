// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { CommandBinder } from "../context.ts";
import { addKeyImport } from "./key/import.ts";
import { addKeyNew } from "./key/new.ts";
import { addKeyShow } from "./key/show.ts";

/** `berth key`: keystores. */
export function addKey(program: Command, bind: CommandBinder): void {
  const key = program.command("key").description("make and look at keystores; a key is never printed");
  addKeyNew(key, bind);
  addKeyImport(key, bind);
  addKeyShow(key, bind);
}
