// SPDX-License-Identifier: Apache-2.0
/**
 * Loads the spec files that are named, runs none of their tests, and writes every test as JSON: so titles that a loop makes
 * are told as they are.
 */
import { writeSync } from "node:fs";
import { resolve } from "node:path";
import Mocha from "mocha";

const mocha = new Mocha();
for (const file of process.argv.slice(2)) mocha.addFile(resolve(file));
await mocha.loadFilesAsync();

function testsOf(suite: Mocha.Suite): readonly Mocha.Test[] {
  return [...suite.tests, ...suite.suites.flatMap(testsOf)];
}

const listed = testsOf(mocha.suite).map((test) => ({
  file: test.file,
  titles: test.titlePath(),
  skipped: test.isPending(),
}));
writeSync(1, JSON.stringify(listed));
process.exit(0);
