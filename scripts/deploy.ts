// SPDX-License-Identifier: Apache-2.0
import { reportError } from "../cli/src/output/error-report.ts";
import { readArguments } from "./deployment/arguments.ts";
import { deployMarket } from "./deployment/deploy-market.ts";

const say = (text: string): void => console.log(text);
try {
  await deployMarket(readArguments(process.argv.slice(2)), say);
} catch (error) {
  process.exitCode = reportError(error, false, process);
}
