// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the files of one mocha suite and records each result.
 * Arguments: results file, milliseconds a test may take, whether the suite needs a Docker Engine, files.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import Mocha from "mocha";
import { record, recordEnd } from "./tally.ts";

const [resultsPath = "", testTimeoutMs, needsEngine, ...files] = process.argv.slice(2);

class RecordingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on("pass", () => record(resultsPath, "passed"));
    runner.on("fail", () => record(resultsPath, "failed"));
    runner.on("pending", () => record(resultsPath, "skipped"));
  }
}

function engineAnswers(): boolean {
  return spawnSync("docker", ["version"], { stdio: "ignore", timeout: 20_000 }).status === 0;
}

function skipsAll(): boolean {
  return needsEngine === "true" && process.env["BERTH_REQUIRE_DOCKER"] !== "1" && !engineAnswers();
}

const mocha = new Mocha({
  reporter: RecordingReporter,
  timeout: Number(testTimeoutMs),
  forbidOnly: process.env["CI"] !== undefined,
  ...(skipsAll() && {
    rootHooks: {
      beforeAll(this: Mocha.Context) {
        this.skip();
      },
    },
  }),
});
for (const file of files) mocha.addFile(resolve(file));
process.on("unhandledRejection", (reason) => {
  throw reason;
});
await mocha.loadFilesAsync();
mocha.run((failures) => {
  recordEnd(resultsPath);
  process.exit(failures > 0 ? 1 : 0);
});
