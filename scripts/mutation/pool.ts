// SPDX-License-Identifier: Apache-2.0
import type { Question } from "./judge.ts";
import { type Baseline, Lane } from "./lane.ts";
import type { Result } from "./results.ts";
import type { Workspace } from "./workspace.ts";

/** A question with the name under which its answer is kept. */
export interface Task {
  readonly id: string;
  readonly question: Question;
}

/** Judges all tasks, as many at a time as there are workers; `onResult` hears of each at once. Answers what the tests took. */
export async function judgeAll(
  snapshot: Workspace,
  tasks: readonly Task[],
  workers: number,
  onResult: (result: Result) => void,
): Promise<Baseline> {
  const queue = tasks.values();
  const lanes = Array.from({ length: Math.min(workers, tasks.length) }, () => new Lane(snapshot));
  try {
    await Promise.all(lanes.map((lane) => work(lane, queue, onResult)));
  } finally {
    await Promise.all(lanes.map((lane) => lane.stop()));
  }
  return lanes[0]?.baseline ?? { tests: 0, milliseconds: 0 };
}

async function work(lane: Lane, queue: Iterable<Task>, onResult: (result: Result) => void): Promise<void> {
  for (const { id, question } of queue) {
    const startedAt = performance.now();
    const { outcome, by } = { by: undefined, ...(await lane.judge(question)) };
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    onResult({ id, outcome, ...(by !== undefined && { by }), seconds });
  }
}
