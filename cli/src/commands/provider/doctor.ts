// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { daemonSettings, flagName, settingPurposes } from "../../config/settings.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { diagnose } from "../../doctor/diagnose.ts";
import { doctorText } from "../../output/doctor-text.ts";
import { EXIT } from "../../output/exit-codes.ts";

/** `berth provider doctor`: everything that a provider depends on, each with what mends it. */
export function addDoctor(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("doctor")
    .description("check what your daemon depends on, and print what mends it; changes nothing");
  for (const key of daemonSettings) {
    if (key !== "takeover") command.option(`${flagName(key)} <value>`, settingPurposes[key]);
  }
  bind(command, runDoctor);
}

async function runDoctor(context: CommandContext): Promise<number> {
  const findings = await diagnose(context);
  const healthy = findings.every(({ state }) => state !== "failing");
  context.output.data({ healthy, findings }, doctorText(findings));
  return healthy ? EXIT.ok : EXIT.precondition;
}
