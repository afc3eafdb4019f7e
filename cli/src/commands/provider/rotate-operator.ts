// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { marketCalls, sendCall, UserError } from "@berth/sdk";
import { addressOfKeyFile, writeKeystore } from "@berth/sdk/keys";
import type { Command } from "commander";
import type { Address } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { connectOwner, requireRegistered } from "../../chain/owner.ts";
import { OPERATOR_KEY } from "../../config/key-source.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { newPassword } from "../../flows/new-keystore.ts";
import { parseAddress } from "../../input/address.ts";
import { fields } from "../../output/table.ts";

interface RotateOptions {
  readonly operator?: Address;
}

/** `berth provider rotate-operator`: another key for the daemon; the old one is shut out at once. */
export function addRotateOperator(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("rotate-operator")
    .description("name another operator; the old one is shut out at once, leases go on")
    .argument("[file]", "keystore of the new operator; made where it is not there")
    .option("--operator <address>", "the new operator, where an external signer holds its key", parseAddress);
  bind(command, runRotate);
}

async function runRotate(
  context: CommandContext,
  [file]: readonly [string | undefined],
  { operator: named }: RotateOptions,
): Promise<void> {
  const { output, signal, config } = context;
  if ((file === undefined) === (named === undefined)) throw whichOperator();
  const session = await connectOwner(context);
  const { market, wallet } = session;
  const provider = wallet.account.address;
  await requireRegistered(session, provider, signal);
  const path = file === undefined ? null : resolve(config.sources.folder, file);
  const operator = named ?? (await operatorOf(context, path ?? ""));
  const before = await market.providerOf(provider, { signal });
  if (before.operator === operator) throw unchanged(operator);
  const { hash } = await sendCall(wallet, market.client, marketCalls(market.address).setOperator(operator), {
    signal,
  });
  const { instance } = await market.providerOf(provider, { signal });
  const reportBefore = new Date(Number(before.lastReportAt + before.reportPeriod) * 1_000).toISOString();
  const rotated = { provider, operator, previous: before.operator, file: path, instance, reportBefore };
  output.data({ ...rotated, transactionHash: hash }, rotatedText(rotated));
}

/** What `rotate-operator` did. */
interface Rotated {
  readonly operator: Address;
  readonly previous: Address;
  readonly file: string | null;
  /** When the pay of the leases stops unless a report comes. */
  readonly reportBefore: string;
}

function rotatedText({ operator, previous, file, reportBefore }: Rotated): string {
  const key =
    file === null
      ? `--operator-signer-url <url> --operator-address ${operator}`
      : `--operator-key-file ${file}`;
  return fields([
    ["operator", operator],
    ["previous", `${previous}, shut out`],
    ["report before", `${reportBefore}: then the pay of every lease stops until the next report`],
    ["next", `send ${operator} coin for gas, stop the daemon, then \`berth provider run --takeover ${key}\``],
  ]);
}

/** Whose keystore it is; made now where it is not there. */
async function operatorOf(context: CommandContext, path: string): Promise<Address> {
  if (existsSync(path)) return addressOfKeyFile(path, OPERATOR_KEY.words);
  const password = await newPassword(context, OPERATOR_KEY);
  return writeKeystore(path, generatePrivateKey(), password);
}

function whichOperator(): UserError {
  return new UserError(
    "E_OPERATOR_UNNAMED",
    "Name the new operator: a keystore's file or --operator, one of them.",
    {
      atRisk: "nothing: nothing was sent",
      next: "`berth provider rotate-operator operator-2.json` makes the file where it is not there.",
    },
  );
}

function unchanged(operator: Address): UserError {
  return new UserError("E_OPERATOR_UNCHANGED", `${operator} is the operator already.`, {
    atRisk: "nothing: nothing was sent",
    next: "Name another file, so that a new key is made; to start a daemon with this key: `berth provider run --takeover`.",
    facts: { operator },
  });
}
