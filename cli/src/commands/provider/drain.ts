// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import { Option } from "commander";
import { connectOwner } from "../../chain/owner.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import { capacitiesBefore } from "../../flows/drain/capacities.ts";
import { requireNoLapse } from "../../flows/drain/close-served.ts";
import type { DrainPorts, DrainView, EndedLease } from "../../flows/drain/drain.ts";
import { drain, viewDrain } from "../../flows/drain/drain.ts";
import { setCapacity } from "../../flows/own-offer.ts";
import { readProvider } from "../../flows/provider-overview.ts";
import type { SigningSession } from "../../flows/session.ts";
import { parseDuration } from "../../input/units.ts";
import { atStakeText, leasesText } from "../../output/drain-text.ts";
import { formatDuration } from "../../output/time.ts";

interface DrainOptions {
  readonly close?: boolean;
  readonly after?: bigint;
  readonly undo?: boolean;
  readonly yes?: boolean;
}

const MILLISECONDS = 1_000;

/** `berth provider drain`: moves every tenant off, before maintenance or for good. */
export function addDrain(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("drain")
    .description("take no new leases, and wait until none is open; the daemon must go on running")
    .option("--close", "end what is open instead of waiting; tenants get their rest back at once")
    .addOption(
      new Option("--after <time>", "wait this long, then end what is still open")
        .argParser(parseDuration)
        .implies({ close: true }),
    )
    .addOption(
      new Option("--undo", "give your offers the capacity back that they had").conflicts(["close", "after"]),
    )
    .option("--yes", "do not ask");
  bind(command, runDrain);
}

async function runDrain(context: CommandContext, _args: readonly [], options: DrainOptions): Promise<void> {
  const session = await connectOwner(context);
  await (options.undo === true ? undo(context, session, options) : empty(context, session, options));
}

async function empty(context: CommandContext, session: SigningSession, options: DrainOptions): Promise<void> {
  const { output, signal } = context;
  const view = await viewDrain(session, signal);
  output.note(atStakeText(view.open));
  if (options.close === true) await confirmClose(context, session, view, options);
  else if (view.overview.summary.silent) output.note(silence);
  const ended: EndedLease[] = [];
  await drain(portsFor(context, session, options, ended));
  const at = context.now().toISOString();
  output.data({ step: "drained", at, provider: view.overview.provider, ended }, drainedText(ended));
}

const silence =
  "warning: you are silent, so nothing is billed and no balance is used up: waiting ends no lease. Run the daemon, or end them with --close.";

async function confirmClose(
  { prompt, signal }: CommandContext,
  { market }: SigningSession,
  { open }: DrainView,
  { after = 0n, yes = false }: DrainOptions,
): Promise<void> {
  requireNoLapse(open);
  if (open.length === 0) return;
  const { disputeWindow } = await market.periods({ signal });
  const when = after === 0n ? "now" : `in ${formatDuration(after)}, unless they end before`;
  const held = open.some((lease) => lease.held > 0n)
    ? ` Collateral that is held stays locked for ${formatDuration(disputeWindow)}, and the tenant may dispute.`
    : "";
  await prompt.confirm(
    `End ${leasesText(open.length)} ${when}? The tenants' containers and volumes are lost; their rest goes back to them.${held}`,
    yes,
  );
}

function portsFor(
  { output, signal, now }: CommandContext,
  session: SigningSession,
  { close = false, after = 0n }: DrainOptions,
  ended: EndedLease[],
): DrainPorts {
  const tell = (step: string, facts: object, text: string): void => {
    if (output.json) output.data({ step, at: now().toISOString(), ...facts }, text);
    else output.note(text);
  };
  let dark = "";
  return {
    session,
    signal,
    now: () => performance.now(),
    closeAfter: close ? Number(after) * MILLISECONDS : null,
    onStopped: (offer) => tell("stopped", offer, `offer ${offer.offerId} takes no new leases`),
    onWaiting: (leases) => tell("waiting", { leases }, `open: ${leasesText(leases.length)}`),
    onEnded: (lease) => {
      ended.push(lease);
      tell("ended", lease, `lease ${lease.leaseId} has ended`);
    },
    onDark: (why) => {
      if (why !== dark) output.note(`the chain is waited for: ${why}`);
      dark = why;
    },
  };
}

function drainedText(ended: readonly EndedLease[]): string {
  return [
    `drained: no offer takes leases, and none is open; ${leasesText(ended.length)} ended meanwhile`,
    "next: keep the daemon running until it has removed the containers, then stop it; `berth provider claim` pays you out",
    "back: `berth provider drain --undo` gives your offers their capacity back",
  ].join("\n");
}

async function undo(
  { output, prompt, signal }: CommandContext,
  session: SigningSession,
  { yes = false }: DrainOptions,
): Promise<void> {
  const provider = session.wallet.account.address;
  const overview = await readProvider(session, provider, signal);
  const offers = await capacitiesBefore(session, overview, signal);
  const words = offers.map(({ offerId, capacity }) => `offer ${offerId}: capacity ${capacity}`).join("\n");
  if (offers.length > 0) await prompt.confirm(`${words}\nTake leases under these again?`, yes);
  for (const offer of offers) await setCapacity(session, offer, signal);
  output.data({ provider, offers }, offers.length === 0 ? "no offer waits for its capacity" : words);
}
