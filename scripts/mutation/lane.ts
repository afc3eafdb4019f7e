// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Outcome, Question, Verdict } from "./judge.ts";
import type { FromWorker } from "./messages.ts";
import { copyWorkspace, type Workspace } from "./workspace.ts";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** A mutant gets this many times what the unchanged contract takes for all tests, before it counts as timed out. */
const PATIENCE = 4;
const LEAST_MS = 120_000;
const START_MS = 600_000;
/** A worker is replaced after so many mutants, because neither the compiler nor the chain gives all its memory back. */
const LIFETIME = 150;

type Reply = FromWorker | { readonly kind: "late" } | { readonly kind: "gone" };

/** What the tests of the unchanged contract came to. */
export interface Baseline {
  readonly tests: number;
  readonly milliseconds: number;
}

/** One worker at a time in a workspace of its own, replaced when it is lost, late or old. */
export class Lane {
  readonly #snapshot: Workspace;
  #worker: ChildProcess | undefined;
  #workspace: Workspace | undefined;
  #judged = 0;
  baseline: Baseline = { tests: 0, milliseconds: 0 };

  constructor(snapshot: Workspace) {
    this.#snapshot = snapshot;
  }

  /** Judges one mutant; a second time in a fresh worker where the first was lost or contradicted itself. */
  async judge(question: Question): Promise<Verdict | { readonly outcome: "undecided" }> {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const reply = await this.#ask(question);
      if (reply.kind === "verdict") return reply.verdict;
      await this.stop();
      if (reply.kind === "late") return { outcome: "timed-out" satisfies Outcome };
    }
    return { outcome: "undecided" };
  }

  /** Ends the worker and removes its workspace. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined && worker.exitCode === null && worker.signalCode === null) {
      const gone = new Promise((resolve) => worker.once("exit", resolve));
      worker.kill("SIGKILL");
      await gone;
    }
    this.#workspace?.dispose();
    this.#workspace = undefined;
  }

  async #ask(question: Question): Promise<Reply> {
    if (this.#judged >= LIFETIME) await this.stop();
    const worker = this.#worker ?? (await this.#start());
    this.#judged += 1;
    const reply = replyOf(worker, Math.max(LEAST_MS, PATIENCE * this.baseline.milliseconds));
    worker.send(question);
    return reply;
  }

  async #start(): Promise<ChildProcess> {
    this.#judged = 0;
    this.#workspace = copyWorkspace(this.#snapshot);
    const cwd = this.#workspace.folder;
    const worker = fork(WORKER, [this.#snapshot.pipeline], {
      cwd,
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#worker = worker;
    const reply = await replyOf(worker, START_MS);
    if (reply.kind !== "ready") {
      await this.stop();
      throw new Error(`a worker does not start: ${reply.kind === "unsound" ? reply.message : reply.kind}`);
    }
    this.baseline = reply;
    return worker;
  }
}

function replyOf(worker: ChildProcess, limitMs: number): Promise<Reply> {
  return new Promise((resolve) => {
    const settle = (reply: Reply): void => {
      clearTimeout(limit);
      worker.off("message", onMessage).off("exit", onExit);
      resolve(reply);
    };
    const onMessage = (message: unknown): void => settle(message as FromWorker);
    const onExit = (): void => settle({ kind: "gone" });
    const limit = setTimeout(() => settle({ kind: "late" }), limitMs);
    worker.once("message", onMessage).once("exit", onExit);
  });
}
