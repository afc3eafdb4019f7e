// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { addressOfKeyFile, isKeystoreFile } from "@berth/sdk/keys";
import type { Command } from "commander";
import { OWN_KEY } from "../../config/key-source.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { fields } from "../../output/table.ts";

/** `berth key show`: whose key a file holds. */
export function addKeyShow(key: Command, bind: CommandBinder): void {
  const command = key
    .command("show")
    .description("show whose key a file holds, without a password")
    .argument("<file>", "keystore or plain key");
  bind(command, runShow);
}

async function runShow({ config, output }: CommandContext, [file]: readonly [string]): Promise<void> {
  const path = resolve(config.sources.folder, file);
  const address = addressOfKeyFile(path, OWN_KEY.words);
  const kind = isKeystoreFile(path, OWN_KEY.words) ? "keystore" : "plain key";
  output.data(
    { file: path, kind, address },
    fields([
      [kind, path],
      ["address", address],
    ]),
  );
}
