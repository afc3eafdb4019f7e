// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { connectSigning } from "../chain/connect.ts";
import type { CommandBinder, CommandContext } from "../context.ts";
import { openGateway } from "../flows/gateway.ts";
import { readLease } from "../flows/history.ts";
import { leaseArgument } from "../input/arguments.ts";
import { parseWhole } from "../input/units.ts";

interface LogOptions {
  readonly service?: string;
  readonly tail?: bigint;
  readonly follow?: boolean;
  readonly raw?: boolean;
}

/** `berth logs`: what the workload of a lease wrote. */
export function addLogs(program: Command, bind: CommandBinder): void {
  const command = program
    .command("logs")
    .description("show what a lease's workload wrote")
    .addArgument(leaseArgument())
    .option("-f, --follow", "go on with new lines")
    .option("--tail <lines>", "begin with so many of the last lines", parseWhole)
    .option("--service <name>", "only this service")
    .option("--raw", "leave control characters in: they can change your terminal");
  bind(command, runLogs);
}

async function runLogs(
  context: CommandContext,
  [leaseId]: readonly [bigint],
  { service, tail, follow, raw }: LogOptions,
): Promise<void> {
  const { signal, output } = context;
  const session = await connectSigning(context);
  const { summary } = await readLease(session, leaseId, signal);
  const gateway = await openGateway(session, { leaseId, provider: summary.provider }, signal);
  const query = { service, follow, tail: tail === undefined ? undefined : Number(tail) };
  try {
    for await (const line of gateway.logs(query, signal)) {
      const text = `${line.service} | ${line.text}`;
      if (raw === true && !output.json) output.raw(`${text}\n`);
      else output.data(line, text);
    }
  } finally {
    signal.throwIfAborted();
  }
}
