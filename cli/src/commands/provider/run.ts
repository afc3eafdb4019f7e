// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { marketAddresses, PermanentError } from "@berth/sdk";
import type { Command } from "commander";
import { providerAddressOf } from "../../chain/connect.ts";
import type { Config } from "../../config/config.ts";
import { configOf } from "../../config/config.ts";
import { daemonEndpoints } from "../../config/endpoints.ts";
import { daemonEnvironment } from "../../config/daemon-environment.ts";
import { daemonProgram } from "../../config/daemon-program.ts";
import { keyAddress, OPERATOR_KEY } from "../../config/key-source.ts";
import { daemonSettings, flagName, settingPurposes } from "../../config/settings.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";

const SIGNAL_EXIT_BASE = 128;

/** `berth provider run`: the daemon, in the foreground, until it ends. */
export function addRun(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("run")
    .description("run the daemon that starts, meters and reports your leases");
  for (const key of daemonSettings) {
    const flag = key === "takeover" ? flagName(key) : `${flagName(key)} <value>`;
    command.option(flag, settingPurposes[key]);
  }
  bind(command, runDaemon);
}

async function runDaemon({ config, output, takeSignals }: CommandContext): Promise<number> {
  const complete = withDerived(config);
  const operator = keyAddress(complete, OPERATOR_KEY);
  const environment = daemonEnvironment(complete);
  output.note(`starting the daemon of ${complete.require("provider")} as operator ${operator}`);
  const child = startDaemon(environment);
  takeSignals((signal) => child.kill(signal));
  return exitOf(child);
}

/** The configuration with what follows from it: the provider is the key's account, the market that of the chain. */
function withDerived(config: Config): Config {
  daemonEndpoints(config);
  const market =
    config.get("market") ?? marketAddresses[config.require("chainId")] ?? config.require("market");
  const flags = { ...config.sources.flags, market, provider: providerAddressOf(config) };
  return configOf({ ...config.sources, flags });
}

/** A process group of its own: a Ctrl-C at the terminal reaches it once, through us. */
function startDaemon(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, daemonProgram("."), {
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(notStarted(cause)));
    child.once("exit", (code, signal) => {
      resolve(code ?? SIGNAL_EXIT_BASE + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function notStarted(cause: Error): PermanentError {
  return new PermanentError("E_DAEMON_NOT_STARTED", `The daemon could not be started: ${cause.message}`, {
    atRisk: "nothing more than before: running workloads go on; without reports they stop paying",
    next: "Check the machine's memory and process limits, then run it again.",
    cause,
  });
}
