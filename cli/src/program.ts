// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addClose } from "./commands/close.ts";
import { addDeploy } from "./commands/deploy.ts";
import { addKey } from "./commands/key.ts";
import { addLogs } from "./commands/logs.ts";
import { addProvider } from "./commands/provider.ts";
import { addPs } from "./commands/ps.ts";
import { addStatus } from "./commands/status.ts";
import { addTopup } from "./commands/topup.ts";
import { addVolume } from "./commands/volume.ts";
import { addWithdraw } from "./commands/withdraw.ts";
import { flagName, settingPurposes } from "./config/settings.ts";
import type { SettingKey } from "./config/settings.ts";
import type { RunState, Surroundings } from "./context.ts";
import { createBinder } from "./context.ts";

const globalSettings = [
  "rpcUrl",
  "chainId",
  "market",
  "startBlock",
  "keyFile",
  "passwordFile",
  "signerUrl",
  "signerAddress",
  "provider",
  "dataDir",
] as const satisfies readonly SettingKey[];

/** The tree of commands. Wrong usage throws CommanderError; nothing here ends the process. */
export function createProgram(surroundings: Surroundings, state: RunState): Command {
  const program = new Command("berth")
    .description(
      "Lease compute from an open market, or provide it: paid by the second, held by one contract.",
    )
    .version(packageVersion())
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
      outputError: () => {},
    });
  for (const key of globalSettings) program.option(`${flagName(key)} <value>`, settingPurposes[key]);
  program
    .option("--config <file>", "configuration file instead of berth.config.json")
    .option("--json", settingPurposes.json)
    .option("--no-input", "never ask; what is missing is an error");
  const bind = createBinder(surroundings, state);
  addDeploy(program, bind);
  addPs(program, bind);
  addStatus(program, bind);
  addLogs(program, bind);
  addTopup(program, bind);
  addClose(program, bind);
  addWithdraw(program, bind);
  addVolume(program, bind);
  addKey(program, bind);
  addProvider(program, bind);
  return program;
}

function packageVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
