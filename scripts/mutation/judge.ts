// SPDX-License-Identifier: Apache-2.0
import {
  type Compiled,
  compileMarket,
  DoesNotCompile,
  MARKET,
  type Pipeline,
  readSources,
  type Sources,
} from "./compile.ts";
import type { TestSession } from "./session.ts";
import { writeArtifact } from "./workspace.ts";

/** How a mutant ended; one whose code is the original's is no mutant, and one that does not compile neither. */
export type Outcome = "killed" | "survived" | "not-compiled" | "same-code" | "timed-out";

/** What is asked of a judge: a file with other text, and the external functions that are concerned. */
export interface Question {
  readonly file: string;
  readonly text: string;
  readonly reachedFrom: readonly string[];
}

/** The verdict on one mutant; `by` is the full title of the test that killed it. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly by?: string;
}

/** A test failed on the unchanged contract: nothing that this process says can be believed. */
export class Unsound extends Error {}

/** Judges mutants one after the other. */
export class Judge {
  readonly #folder: string;
  readonly #session: TestSession;
  readonly #sources: Sources;
  readonly #pipeline: Pipeline;
  readonly #original: Compiled;
  #milliseconds: ReadonlyMap<string, number> = new Map();

  constructor(folder: string, pipeline: Pipeline, session: TestSession) {
    this.#folder = folder;
    this.#session = session;
    this.#sources = readSources(folder);
    this.#pipeline = pipeline;
    this.#original = compileMarket(folder, this.#sources, pipeline);
  }

  /** Runs everything on the unchanged contract and answers the number of tests. Throws {@link Unsound}. */
  async baseline(): Promise<number> {
    const { failed, passed, milliseconds } = await this.#session.runAll([]);
    if (failed !== undefined) throw new Unsound(`fails on the unchanged contract: ${failed}`);
    this.#milliseconds = milliseconds;
    return passed;
  }

  /** Judges one mutant. A kill counts only if the same test passes on the unchanged contract right after. Throws {@link Unsound}. */
  async judge({ file, text, reachedFrom }: Question): Promise<Verdict> {
    const mutated = this.#compile({ ...this.#sources, [file]: text });
    if (mutated === undefined) return { outcome: "not-compiled" };
    if (mutated.evm.bytecode.object === this.#original.evm.bytecode.object) return { outcome: "same-code" };
    writeArtifact(this.#folder, MARKET, mutated);
    const { failed } = await this.#session.runAll(this.#order(reachedFrom));
    writeArtifact(this.#folder, MARKET, this.#original);
    if (failed === undefined) return { outcome: "survived" };
    const again = await this.#session.runOne(failed);
    if (again.failed !== undefined || again.passed === 0) {
      throw new Unsound(`cannot be repeated on the unchanged contract: ${failed}`);
    }
    return { outcome: "killed", by: failed };
  }

  #compile(sources: Sources): Compiled | undefined {
    try {
      return compileMarket(this.#folder, sources, this.#pipeline);
    } catch (error) {
      if (error instanceof DoesNotCompile) return undefined;
      throw error;
    }
  }

  /** First the groups that name a concerned function, then the quick ones. */
  #order(reachedFrom: readonly string[]): readonly string[] {
    const concerned = (title: string): number =>
      title.split(/[^A-Za-z0-9]+/).some((word) => reachedFrom.includes(word)) ? 0 : 1;
    const cost = (title: string): number => this.#milliseconds.get(title) ?? 0;
    return this.#session.groups.toSorted((a, b) => concerned(a) - concerned(b) || cost(a) - cost(b));
  }
}
