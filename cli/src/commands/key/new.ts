// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { writeKeystore } from "@berth/sdk/keys";
import type { Command } from "commander";
import { generatePrivateKey } from "viem/accounts";
import { OWN_KEY } from "../../config/key-source.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { requireFree, newPassword } from "../../flows/new-keystore.ts";
import { fields } from "../../output/table.ts";

/** `berth key new`: a new key in a keystore. */
export function addKeyNew(key: Command, bind: CommandBinder): void {
  const command = key
    .command("new")
    .description("make a new key and write it as a keystore of mode 0600; nothing is written over")
    .argument("<file>", "file to write");
  bind(command, runNew);
}

async function runNew(context: CommandContext, [file]: readonly [string]): Promise<void> {
  const path = resolve(context.config.sources.folder, file);
  requireFree(path);
  const password = await newPassword(context, OWN_KEY);
  const address = await writeKeystore(path, generatePrivateKey(), password);
  const next = "keep a copy of the file and of its password: without both the key is lost";
  context.output.data(
    { file: path, address },
    fields([
      ["keystore", path],
      ["address", address],
      ["next", next],
    ]),
  );
}
