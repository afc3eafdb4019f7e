// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { connect, providerAddressOf } from "../../chain/connect.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import type { ProviderOverview } from "../../flows/provider-overview.ts";
import { readProvider } from "../../flows/provider-overview.ts";
import { providerText } from "../../output/provider-text.ts";

/** `berth provider status`: clock, stake, offers, leases, earnings; anybody may look. */
export function addProviderStatus(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("status")
    .description("show a provider's clock, stake, offers, leases and earnings")
    .option("-a, --all", "closed offers and leases too");
  bind(command, runStatus);
}

async function runStatus(
  context: CommandContext,
  _args: readonly [],
  { all = false }: { readonly all?: boolean },
): Promise<void> {
  const { config, output, signal } = context;
  const session = await connect(context);
  const whole = await readProvider(session, providerAddressOf(config), signal);
  const shown = all ? whole : withoutClosed(whole);
  const leases = shown.leases.map(({ leaseId, summary }) => ({ leaseId, ...summary }));
  const { summary, ...rest } = shown;
  output.data({ ...rest, ...summary, leases }, providerText(shown));
}

function withoutClosed(overview: ProviderOverview): ProviderOverview {
  const offers = overview.offers.filter(({ closed, taken }) => !closed || taken > 0n);
  const leases = overview.leases.filter(({ summary }) => summary.status !== "closed");
  return { ...overview, offers, leases };
}
