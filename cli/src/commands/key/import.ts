// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { readKey, writeKeystore } from "@berth/sdk/keys";
import type { Command } from "commander";
import { OWN_KEY } from "../../config/key-source.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { newPassword, requireFree } from "../../flows/new-keystore.ts";
import { fields } from "../../output/table.ts";

/** `berth key import`: a plain key becomes a keystore. */
export function addKeyImport(key: Command, bind: CommandBinder): void {
  const command = key
    .command("import")
    .description("write the plain key of a file of mode 0600 as a keystore; the plain file stays")
    .argument("<plain>", "file that holds the plain key")
    .argument("<file>", "file to write");
  bind(command, runImport);
}

async function runImport(context: CommandContext, [plain, file]: readonly [string, string]): Promise<void> {
  const { folder } = context.config.sources;
  const [from, path] = [resolve(folder, plain), resolve(folder, file)];
  const key = await readKey(from, () => "", OWN_KEY.words);
  requireFree(path);
  const password = await newPassword(context, OWN_KEY);
  const address = await writeKeystore(path, key, password);
  context.output.data(
    { file: path, address, plain: from },
    fields([
      ["keystore", path],
      ["address", address],
      ["next", `try it, then destroy ${from}`],
    ]),
  );
}
