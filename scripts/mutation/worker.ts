// SPDX-License-Identifier: Apache-2.0
/** Judges mutants in the workspace that is its working directory, one question of the parent after the other. Argument: the pipeline. */
import { Judge, Unsound } from "./judge.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { TestSession } from "./session.ts";

function answer(message: FromWorker): void {
  process.send?.(message);
}

async function answering(work: () => Promise<FromWorker>): Promise<void> {
  try {
    answer(await work());
  } catch (error) {
    if (!(error instanceof Unsound)) throw error;
    answer({ kind: "unsound", message: error.message });
  }
}

const folder = process.cwd();
const pipeline = process.argv[2] === "ir" ? "ir" : "legacy";
const judge = new Judge(folder, pipeline, await TestSession.load(folder));
process.on("message", (question: ToWorker) => {
  void answering(async () => ({ kind: "verdict", verdict: await judge.judge(question) }));
});
process.on("disconnect", () => process.exit(0));
await answering(async () => {
  const startedAt = performance.now();
  const tests = await judge.baseline();
  return { kind: "ready", tests, milliseconds: performance.now() - startedAt };
});
