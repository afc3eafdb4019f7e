// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { EXIT } from "./output/exit-codes.ts";
import { run } from "./run.ts";

const controller = new AbortController();
let handle: (signal: NodeJS.Signals) => void = interrupt;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => handle(signal));
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.unexpected);
});

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  folder: process.cwd(),
  now: () => new Date(),
  signal: controller.signal,
  takeSignals: (handler) => {
    handle = handler;
  },
});

function interrupt(): void {
  if (controller.signal.aborted) process.exit(EXIT.interrupted);
  controller.abort(
    new UserError("E_INTERRUPTED", "Interrupted.", {
      atRisk: "a transaction that was sent already may still be mined; nothing else was changed",
      next: "`berth ps` and `berth status <lease>` show where your leases stand.",
    }),
  );
}
