// SPDX-License-Identifier: Apache-2.0

/** A word about a phase of a long piece of work. */
export interface Progress<P extends string> {
  readonly phase: P;
  readonly event: "started" | "note" | "done";
  /** For people. */
  readonly text: string;
  /** For programs. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What a phase ends with. */
export interface PhaseEnd<T> {
  readonly value: T;
  readonly text: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Says a word in the middle of a phase. */
export type Note = (text: string, facts?: Readonly<Record<string, unknown>>) => void;

/** Runs phases one after the other, tells of each, and measures it. */
export interface PhaseRunner<P extends string> {
  run<T>(phase: P, text: string, body: (note: Note) => Promise<PhaseEnd<T>>): Promise<T>;
  /** Whole milliseconds that each ended phase took. */
  durations(): Readonly<Partial<Record<P, number>>>;
}

/** A runner. `now` in milliseconds. */
export function createPhaseRunner<P extends string>(
  onProgress: (progress: Progress<P>) => void,
  now: () => number,
): PhaseRunner<P> {
  const durations: Partial<Record<P, number>> = {};
  return {
    durations: () => ({ ...durations }),
    run: async (phase, text, body) => {
      const startedAt = now();
      onProgress({ phase, event: "started", text });
      const end = await body((words, facts) => onProgress({ phase, event: "note", text: words, facts }));
      durations[phase] = Math.round(now() - startedAt);
      onProgress({ phase, event: "done", text: end.text, facts: end.facts });
      return end.value;
    },
  };
}
