// SPDX-License-Identifier: Apache-2.0
/**
 * Runs all Solidity tests through Hardhat and records each result. No file is named to Hardhat: a build of some files
 * would leave types of those files only.
 */
import hre from "hardhat";
import { drawReach, forgetReach, readReach } from "./reach.ts";
import { record, recordEnd, type Outcome } from "./tally.ts";

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  Success: "passed",
  Failure: "failed",
  Skipped: "skipped",
};

interface TaskResult {
  readonly success: boolean;
  readonly value?: SuiteResults;
  readonly error?: SuiteResults;
}

interface SuiteResults {
  readonly suiteResults: readonly { readonly testResults: readonly { readonly status: string }[] }[];
}

const CAMPAIGN = 0;
const [resultsPath = ""] = process.argv.slice(2);
forgetReach(CAMPAIGN);

const result = (await hre.tasks.getTask(["test", "solidity"]).run({})) as TaskResult;
const suiteResults = (result.value ?? result.error)?.suiteResults ?? [];
for (const { status } of suiteResults.flatMap(({ testResults }) => testResults)) {
  record(resultsPath, OUTCOMES[status] ?? "failed");
}
const reach = readReach(CAMPAIGN);
if (reach !== undefined) console.log(drawReach(reach));
recordEnd(resultsPath);
process.exit(result.success ? 0 : 1);
