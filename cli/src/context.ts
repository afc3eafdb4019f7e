// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { Config } from "./config/config.ts";
import { loadConfig } from "./config/config.ts";
import type { Environment } from "./config/environment.ts";
import type { Prompt } from "./input/prompt.ts";
import { createPrompt } from "./input/prompt.ts";
import type { Output } from "./output/output.ts";
import { createOutput } from "./output/output.ts";

/** The process around a command, so that a command can be run without one. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly environment: Environment;
  /** The working folder. */
  readonly folder: string;
  readonly now: () => Date;
  /** Aborted when the person interrupts; its reason is the error to end with. */
  readonly signal: AbortSignal;
  /** From now on the process's signals go to this handler alone. */
  readonly takeSignals: (handler: (signal: NodeJS.Signals) => void) => void;
}

/** What a command works with. */
export interface CommandContext extends Pick<Surroundings, "now" | "signal" | "takeSignals"> {
  readonly config: Config;
  readonly output: Output;
  readonly prompt: Prompt;
}

/** A command's work: arguments as parsed, its own flags and the global ones. May answer an exit code other than 0. */
export type CommandBody<Args extends readonly unknown[], Options> = (
  context: CommandContext,
  args: Args,
  options: Options,
) => Promise<number | void>;

/** Ties a body to its command. */
export type CommandBinder = <Args extends readonly unknown[], Options extends object>(
  command: Command,
  body: CommandBody<Args, Options>,
) => void;

/** What is learnt about a run while it runs. */
export interface RunState {
  json: boolean;
  exitCode: number;
}

/** A binder for one process: the context is made when the command runs. */
export function createBinder(surroundings: Surroundings, state: RunState): CommandBinder {
  return <Args extends readonly unknown[], Options extends object>(
    command: Command,
    body: CommandBody<Args, Options>,
  ): void => {
    command.action(async () => {
      const options = command.optsWithGlobals<Options & Record<string, unknown>>();
      const args: readonly unknown[] = command.processedArgs;
      const context = createContext(options, surroundings, state);
      state.exitCode = (await body(context, args as Args, options)) ?? state.exitCode;
    });
  };
}

function createContext(
  flags: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
  state: RunState,
): CommandContext {
  const { environment, folder, signal, now, takeSignals } = surroundings;
  const config = loadConfig(flags, environment, folder);
  state.json = config.get("json") ?? false;
  const output = createOutput(surroundings, state.json, environment);
  const prompt = createPrompt(surroundings, flags["input"] !== false && !state.json, signal);
  return { config, output, prompt, signal, now, takeSignals };
}
