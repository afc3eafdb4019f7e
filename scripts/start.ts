// SPDX-License-Identifier: Apache-2.0
import { createOutput } from "../cli/src/output/output.ts";
import { readArguments } from "./demonstration/arguments.ts";
import { runDemonstration } from "./demonstration/run.ts";

const interrupt = new AbortController();
const onSignal = (): void => interrupt.abort(new Error("interrupted"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
// Whoever reads it may go away first, as `tee` does at Ctrl-C: what was set up is taken down all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", onSignal);

const options = readArguments(process.argv.slice(2));
const output = createOutput(process, options.json, process.env);
process.exitCode = await runDemonstration(options, output, interrupt.signal);
