// SPDX-License-Identifier: Apache-2.0
import {
  BerthError,
  formatRate,
  InvariantError,
  type IsolationTier,
  ISOLATION_TIERS,
  marketCalls,
  offerMetadataUri,
  parseAmount,
  parseRate,
  sendCall,
} from "@berth/sdk";
import type { OfferDraft, SentCall } from "@berth/sdk";
import { PRESET_NAMES, shortfallText } from "@berth/sdk/hardware";
import type { Command } from "commander";
import { Option } from "commander";
import type { Address } from "viem";
import { zeroAddress } from "viem";
import { connectOwner, requireRegistered } from "../../chain/owner.ts";
import type { CommandBinder, CommandContext } from "../../context.ts";
import type { Places } from "../../flows/machine-room.ts";
import { lookHere, oversold, roomOf } from "../../flows/machine-room.ts";
import type { SizeOptions } from "../../flows/offer-size.ts";
import { offerSize } from "../../flows/offer-size.ts";
import { probeHost } from "../../doctor/probe-host.ts";
import { requireProven } from "../../flows/prove-tier.ts";
import { warnOfThinStake } from "../../flows/own-offer.ts";
import type { Token } from "../../flows/token.ts";
import { readToken } from "../../flows/token.ts";
import { parseAddress } from "../../input/address.ts";
import {
  parseCapacity,
  parseCpu,
  parseDuration,
  parseGpus,
  parseSize,
  parseTokens,
} from "../../input/units.ts";

interface OfferOptions extends SizeOptions {
  readonly token: Address;
  readonly rate: string;
  readonly collateral: string;
  readonly arbitrator: Address;
  readonly minPeriod: bigint;
  readonly startPeriod: bigint;
  readonly retentionPeriod: bigint;
  readonly capacity: bigint;
  readonly tier: IsolationTier;
  readonly describedAt?: string;
}

/** What every machine that serves anybody has: the daemon measures it, and one may put it on offer from anywhere. */
const CLAIMS_NOTHING: IsolationTier = "runc";

/** `berth provider offer`: puts hardware on offer; all but the capacity stays as it is for ever. */
export function addOffer(provider: Command, bind: CommandBinder): void {
  const command = provider
    .command("offer")
    .description("put hardware on offer; the terms never change")
    .requiredOption("--token <address>", "currency of rate, balance and collateral", parseAddress)
    .requiredOption("--rate <rate>", "price of a lease: 1.00/h, 0.0003/s or 700/mo")
    .option("--collateral <amount>", "part of your stake locked behind a lease, in tokens", parseTokens, "0")
    .option("--described-at <uri>", "where people read more about the offer");
  for (const option of [...sizes(), ...optionalTerms()]) command.addOption(option);
  bind(command, runOffer);
}

function sizes(): readonly Option[] {
  return [
    new Option("--preset <name>", "size of a lease, instead of each by itself").choices(PRESET_NAMES),
    new Option("--cpu <cores>", "cores of a lease: 0.5").argParser(parseCpu),
    new Option("--memory <size>", "memory of a lease: 512M").argParser(parseSize),
    new Option("--storage <size>", "disk of a lease: 1G").argParser(parseSize),
    new Option("--gpus <count>", "GPUs that a lease has alone").argParser(parseGpus).default(0, "none"),
    new Option("--gpu-model <model>", "their canonical model: nvidia-a100-80gb").default("", "none"),
  ];
}

function optionalTerms(): readonly Option[] {
  const option = (flags: string, purpose: string): Option => new Option(flags, purpose);
  return [
    option("--tier <tier>", "how leases are isolated, as `berth provider doctor` proves it on this machine")
      .choices(ISOLATION_TIERS)
      .default("runc"),
    option("--capacity <leases>", "how many leases may be open at once")
      .argParser(parseCapacity)
      .default(1n, "1"),
    option("--arbitrator <address>", "who rules on disputes")
      .argParser(parseAddress)
      .default(zeroAddress, "nobody"),
    option("--min-period <time>", "what a tenant pays at least who closes early, up to 1d")
      .argParser(parseDuration)
      .default(0n, "0"),
    option("--start-period <time>", "how soon you start a lease, 1m to 1h")
      .argParser(parseDuration)
      .default(600n, "10m"),
    option("--retention-period <time>", "how long a depleted lease's data is kept, up to 30d")
      .argParser(parseDuration)
      .default(0n, "0"),
  ];
}

async function runOffer(context: CommandContext, _args: readonly [], options: OfferOptions): Promise<void> {
  const { output, signal } = context;
  const session = await connectOwner(context);
  const { market, wallet } = session;
  await requireRegistered(session, wallet.account.address, signal);
  const { tier } = options;
  if (tier !== CLAIMS_NOTHING) requireProven(await probeHost(context.config, signal), tier);
  const token = await readToken(session, options.token, signal);
  const draft = draftOf(options, token);
  await warnOfFullMachine(context, { places: draft.capacity, resources: draft.resources });
  const call = marketCalls(market.address).createOffer(draft);
  const sent = await sendCall(wallet, market.client, call, { signal, context: { token } });
  const offerId = offerIn(sent);
  const { terms, capacity, resources } = draft;
  const { collateral } = terms;
  await warnOfThinStake(session, { collateral, places: capacity }, token, output, signal);
  output.data(
    {
      offerId,
      tier,
      provider: wallet.account.address,
      token,
      terms,
      capacity,
      resources,
      transactionHash: sent.hash,
    },
    `offer ${offerId}: ${formatRate(terms.milliRatePerSecond, token.decimals, "hour")} in ${token.symbol}, capacity ${capacity}, tier ${tier}`,
  );
}

function draftOf(options: OfferOptions, token: Token): OfferDraft {
  const { arbitrator, minPeriod, startPeriod, retentionPeriod, capacity, tier } = options;
  const metadataURI = offerMetadataUri({ version: 1, tier, describedAt: options.describedAt ?? null });
  const terms = {
    ...{ token: token.address, arbitrator, minPeriod, startPeriod, retentionPeriod },
    milliRatePerSecond: parseRate(options.rate, token.decimals),
    collateral: parseAmount(options.collateral, token.decimals),
  };
  return { terms, capacity, resources: offerSize(options), metadataURI };
}

/** Says where this machine could not serve every place; it may not be the one that will, so it is no refusal. */
async function warnOfFullMachine({ config, output, signal }: CommandContext, offer: Places): Promise<void> {
  try {
    const short = oversold(roomOf(config, await lookHere(config, signal)), [offer]).map(shortfallText);
    if (short.length === 0) return;
    output.note(
      `warning: this machine has no room for every place of the offer (${short.join("; ")}); if it is the one that serves, ` +
        "leases that do not fit are given back",
    );
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    output.note(`warning: ${error.message}`);
  }
}

function offerIn({ events, hash }: SentCall): bigint {
  const created = events.find((event) => event.name === "OfferCreated");
  if (created !== undefined) return created.args.offerId;
  throw new InvariantError("E_OFFER_NOT_CREATED", `Transaction ${hash} succeeded and created no offer.`, {
    atRisk: "nothing: an offer costs only gas",
    next: "Look with `berth provider status`, and report this as a defect.",
    facts: { hash },
  });
}
