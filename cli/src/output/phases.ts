// SPDX-License-Identifier: Apache-2.0
import { Listr, ListrLogger, ProcessOutput } from "listr2";
import type { Progress } from "../flows/phases.ts";
import type { Output } from "./output.ts";
import { sanitize } from "./sanitize.ts";

/** Shows the phases of a long command: a spinner each on a terminal, plain lines elsewhere, JSON lines for programs. */
export interface PhaseView<P extends string> {
  readonly progress: (progress: Progress<P>) => void;
  /** Ends the view; a phase that is still open is shown as failed. */
  readonly finish: (error?: unknown) => Promise<void>;
}

/** The view that fits the output. `now` dates the JSON lines, in UTC. */
export function createPhaseView<P extends string>(
  phases: readonly P[],
  output: Output,
  now: () => Date,
): PhaseView<P> {
  if (output.json) return jsonView(output, now);
  return output.animated ? spinnerView(phases) : lineView(output);
}

function jsonView<P extends string>(output: Output, now: () => Date): PhaseView<P> {
  return {
    progress: ({ phase, event, text, facts }) =>
      output.data({ step: phase, at: now().toISOString(), event, text, ...facts }, text),
    finish: async () => {},
  };
}

function lineView<P extends string>(output: Output): PhaseView<P> {
  return {
    progress: ({ phase, text }) => output.note(`${phase}: ${text}`),
    finish: async () => {},
  };
}

interface SpinnerTask {
  title: string;
  output: string;
}

interface Gate {
  readonly passed: Promise<string>;
  pass(text: string): void;
  fail(reason: unknown): void;
}

function createGate(): Gate {
  let pass: Gate["pass"] = () => {};
  let fail: Gate["fail"] = () => {};
  const passed = new Promise<string>((resolve, reject) => {
    pass = resolve;
    fail = reject;
  });
  passed.catch(() => undefined);
  return { passed, pass, fail };
}

function spinnerView<P extends string>(phases: readonly P[]): PhaseView<P> {
  const gates = new Map(phases.map((phase) => [phase, createGate()]));
  const tasks = new Map<P, SpinnerTask>();
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const list = new Listr(
    phases.map((phase) => ({
      title: phase,
      task: async (_context: unknown, task: SpinnerTask): Promise<void> => {
        tasks.set(phase, task);
        task.title = `${phase}: ${await gates.get(phase)?.passed}`;
      },
    })),
    {
      exitOnError: true,
      registerSignalListeners: false,
      rendererOptions: { logger, showErrorMessage: false },
    },
  );
  const ended = list.run().catch(() => undefined);
  return {
    progress: ({ phase, event, text }) => {
      const words = sanitize(text);
      if (event === "done") gates.get(phase)?.pass(words);
      const task = tasks.get(phase);
      if (task !== undefined) task.output = words;
    },
    finish: async (error) => {
      for (const gate of gates.values()) gate.fail(error ?? new Error("not reached"));
      await ended;
    },
  };
}
