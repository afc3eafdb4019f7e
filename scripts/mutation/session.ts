// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Mocha from "mocha";
import { filesUnder } from "../lib/files.ts";

/** What a run of the tests came to: where it failed first, if it did, and what each group of tests took. */
export interface Run {
  readonly failed: string | undefined;
  readonly passed: number;
  readonly milliseconds: ReadonlyMap<string, number>;
}

interface Chain {
  readonly networkHelpers: {
    takeSnapshot: () => Promise<{ restore: () => Promise<void> }>;
    clearSnapshots: () => void;
  };
}

class Silent extends Mocha.reporters.Base {}

/**
 * A test of what the fast compilation does not do: it copies more of an answer than it reads. Nothing else may be left out: a test
 * that fails on the unchanged contract stops the whole run.
 */
export const LEFT_OUT: readonly string[] = ["moves in and out as any other, and no answer is copied"];

/** The contract tests, loaded once and run again and again in one process, each time on an empty chain. */
export class TestSession {
  readonly #mocha: Mocha;
  readonly #clean: () => Promise<void>;

  private constructor(mocha: Mocha, clean: () => Promise<void>) {
    this.#mocha = mocha;
    this.#clean = clean;
  }

  /** Loads the tests of a workspace, which must be the working directory. */
  static async load(folder: string): Promise<TestSession> {
    const mocha = new Mocha({ reporter: Silent, timeout: 60_000, bail: true });
    mocha.cleanReferencesAfterRun(false);
    const files = filesUnder(join(folder, "test/contracts")).filter((path) => path.endsWith(".test.ts"));
    for (const file of files) mocha.addFile(file);
    await mocha.loadFilesAsync();
    leaveOut(mocha.suite);
    const url = pathToFileURL(join(folder, "test/helpers/chain.ts")).href;
    const { networkHelpers } = (await import(url)) as Chain;
    const empty = await networkHelpers.takeSnapshot();
    return new TestSession(mocha, async () => {
      await empty.restore();
      networkHelpers.clearSnapshots();
    });
  }

  /** Titles of the groups of tests. */
  get groups(): readonly string[] {
    return this.#mocha.suite.suites.map(({ title }) => title);
  }

  /** Runs every test until one fails, the groups in the given order. */
  async runAll(order: readonly string[]): Promise<Run> {
    const rank = new Map(order.map((title, index) => [title, index]));
    this.#mocha.suite.suites.sort((a, b) => (rank.get(a.title) ?? 0) - (rank.get(b.title) ?? 0));
    return this.#run(/(?:)/);
  }

  /** Runs the one test of a full title. */
  async runOne(title: string): Promise<Run> {
    return this.#run(new RegExp(`^${escaped(title)}$`));
  }

  async #run(pattern: RegExp): Promise<Run> {
    await this.#clean();
    this.#mocha.grep(pattern);
    const startedAt = new Map<string, number>();
    const milliseconds = new Map<string, number>();
    let passed = 0;
    let failed: string | undefined;
    await new Promise<void>((resolve) => {
      const runner = this.#mocha.run(() => resolve());
      runner.on("pass", () => (passed += 1));
      runner.on("fail", (test) => (failed ??= titleOf(test)));
      runner.on("suite", ({ title }) => startedAt.set(title, performance.now()));
      runner.on("suite end", ({ title }) =>
        milliseconds.set(title, performance.now() - (startedAt.get(title) ?? 0)),
      );
    });
    return { failed, passed, milliseconds };
  }
}

function escaped(title: string): string {
  return title.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function leaveOut(suite: Mocha.Suite): void {
  suite.tests = suite.tests.filter(({ title }) => !LEFT_OUT.includes(title));
  suite.suites.forEach(leaveOut);
}

/** The full title of a test; of a hook that failed, that of the test it was for. */
function titleOf(test: Mocha.Test | Mocha.Hook): string {
  const served = test.type === "hook" ? (test.ctx?.currentTest ?? test.parent?.tests[0]) : test;
  return (served ?? test).fullTitle();
}
