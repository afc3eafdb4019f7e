// SPDX-License-Identifier: Apache-2.0
import { marketCalls, sendCall } from "@berth/sdk";
import type { Command } from "commander";
import { Option } from "commander";
import type { Address } from "viem";
import { connectOwner } from "../../chain/owner.ts";
import { keyAddress, OPERATOR_KEY } from "../../config/key-source.ts";
import { flagName, settingPurposes } from "../../config/settings.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { parseAddress } from "../../input/address.ts";
import { parseDuration } from "../../input/units.ts";
import { fields } from "../../output/table.ts";
import { formatDuration } from "../../output/time.ts";

interface RegisterOptions {
  readonly operator?: Address;
  readonly reportPeriod: bigint;
  readonly metadataUri: string;
}

/** `berth provider register`: makes the key's account a provider, once and for ever. */
export function addRegister(provider: Command, bind: CommandBinder): void {
  const reportPeriod = new Option(
    "--report-period <time>",
    "how long a report counts, 10m to 6h; never changes",
  );
  reportPeriod.argParser(parseDuration).default(3_600n, "1h");
  const command = provider
    .command("register")
    .description("make your account a provider")
    .option("--operator <address>", "the daemon's account; unsaid, that of operatorKeyFile", parseAddress)
    .addOption(reportPeriod)
    .option(`${flagName("operatorKeyFile")} <value>`, settingPurposes.operatorKeyFile)
    .option(`${flagName("publicEndpoint")} <value>`, settingPurposes.publicEndpoint)
    .option("--metadata-uri <uri>", "where you describe yourself", "");
  bind(command, runRegister);
}

async function runRegister(
  context: CommandContext,
  _args: readonly [],
  { operator: named, reportPeriod, metadataUri: metadataURI }: RegisterOptions,
): Promise<void> {
  const { config, output, signal } = context;
  const operator = named ?? keyAddress(config, OPERATOR_KEY);
  const endpoint = config.require("publicEndpoint");
  const session = await connectOwner(context);
  const { market, wallet } = session;
  const call = marketCalls(market.address).register({ operator, reportPeriod, endpoint, metadataURI });
  const { hash } = await sendCall(wallet, market.client, call, { signal });
  const provider = wallet.account.address;
  output.data(
    { provider, operator, reportPeriod, endpoint, metadataURI, transactionHash: hash },
    fields([
      ["provider", provider],
      ["operator", operator],
      ["report period", formatDuration(reportPeriod)],
      ["endpoint", endpoint],
      ["next", "`berth provider stake <amount> --token <address>`, then `berth provider offer`"],
    ]),
  );
}
