// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { CommanderError } from "commander";
import type { Environment } from "./config/environment.ts";
import type { RunState, Surroundings } from "./context.ts";
import { reportError } from "./output/error-report.ts";
import { EXIT } from "./output/exit-codes.ts";
import { createProgram } from "./program.ts";

/** Runs one command line (without node and script) and answers the exit code. Whatever was thrown is reported here, once. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const state: RunState = { json: wantsJson(argv, surroundings.environment), exitCode: EXIT.ok };
  try {
    await createProgram(surroundings, state).parseAsync([...argv], { from: "user" });
    return state.exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return reportError(thrown, state.json, surroundings);
    if (thrown.exitCode === 0) return EXIT.ok;
    return reportError(wrongUsage(thrown), state.json, surroundings);
  }
}

/** True when JSON is asked for, known even of a command line that cannot be parsed. */
function wantsJson(argv: readonly string[], environment: Environment): boolean {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  return flags.includes("--json") || ["1", "true"].includes(environment["BERTH_JSON"] ?? "");
}

function wrongUsage(error: CommanderError): UserError {
  const asked = error.code === "commander.help";
  const message = asked ? "A command is missing." : error.message.replace(/^error: /, "");
  return new UserError("E_USAGE", message, {
    atRisk: "nothing: no command was carried out",
    next: "`berth --help` lists the commands, `berth <command> --help` the flags of one.",
  });
}
