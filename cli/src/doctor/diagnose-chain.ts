// SPDX-License-Identifier: Apache-2.0
import type { ProviderSummary } from "@berth/sdk";
import { withSignal } from "@berth/sdk";
import type { Address } from "viem";
import { connect, providerAddressOf } from "../chain/connect.ts";
import { daemonEndpoints } from "../config/endpoints.ts";
import { keyAddress, OPERATOR_KEY } from "../config/key-source.ts";
import type { CommandContext } from "../context.ts";
import type { ProviderOverview } from "../flows/provider-overview.ts";
import { readProvider } from "../flows/provider-overview.ts";
import type { MarketSession } from "../flows/session.ts";
import { after, factOf, valueOf } from "./fact.ts";
import type { Fact, Finding } from "./finding.ts";
import { judged, ok } from "./finding.ts";
import type { HeadFact } from "./judge-chain.ts";
import { judgeClock, judgeHead } from "./judge-chain.ts";
import {
  judgeGas,
  judgeOffers,
  judgeOperator,
  judgeRegistration,
  judgeReport,
  judgeStake,
} from "./judge-provider.ts";
import { judgeEndpoints, servingUrl } from "./judge-endpoints.ts";
import { probeGas } from "./probe-chain.ts";
import { probeEndpoints } from "./probe-endpoints.ts";

/** What the chain showed, and the findings that follow. */
export interface ChainDiagnosis {
  readonly findings: readonly Finding[];
  readonly overview: ProviderOverview | null;
  readonly market: Address | null;
}

/** Asks the chain everything that a provider depends on. */
export async function diagnoseChain(context: CommandContext): Promise<ChainDiagnosis> {
  const { config, signal } = context;
  const account = await factOf(signal, () => keyAddress(config, OPERATOR_KEY));
  const chainId = config.require("chainId");
  const endpoints = await probeEndpoints(daemonEndpoints(config), signal);
  const serving = servingUrl(endpoints, chainId) ?? undefined;
  const session = await factOf(signal, () => connect(context, serving));
  const provider = await factOf(signal, () => providerAddressOf(config));
  const head = await after(session, signal, (found) => readHead(found, context));
  const summaryOf = (who: Address) =>
    after(session, signal, ({ market }) => market.providerOf(who, { signal }));
  const who = valueOf(provider);
  const summary = who === null ? null : await summaryOf(who);
  const registered = whereRegistered(summary);
  const overview = await after(registered, signal, () => overviewOf(session, who, signal));
  const findings = [
    ...judgeEndpoints(endpoints, chainId),
    judged("market", session, ({ market: { address, chainId } }) =>
      ok("market", `${address} on chain ${chainId}`),
    ),
    judged("newest block", head, judgeHead),
    judged("clock", head, judgeClock),
    judged("operator key", account, () => ok("operator key", "readable by its owner alone")),
    who === null
      ? judged("provider", provider, (each) => ok("provider", each))
      : judged("provider", summary, (each) => judgeRegistration(who, each)),
    ...(await diagnoseProvider(context, { session, head, account, who, summary: registered })),
    ...diagnoseTrade(overview),
  ];
  return { findings, overview: valueOf(overview), market: valueOf(session)?.market.address ?? null };
}

/** The provider, where there is one: of an address that never registered, nothing else makes sense to ask. */
function whereRegistered(summary: Fact<ProviderSummary>): Fact<ProviderSummary> {
  return (valueOf(summary)?.reportPeriod ?? 0n) > 0n ? summary : null;
}

function overviewOf(
  session: Fact<MarketSession>,
  who: Address | null,
  signal: AbortSignal,
): Promise<ProviderOverview> {
  const found = valueOf(session);
  if (found === null || who === null) throw new Error("a registered provider has a market and an address");
  return readProvider(found, who, signal);
}

interface Facts {
  readonly session: Fact<MarketSession>;
  readonly head: Fact<HeadFact>;
  readonly account: Fact<Address>;
  readonly who: Address | null;
  readonly summary: Fact<ProviderSummary>;
}

const NOT_REGISTERED = "there is no such provider, or the chain does not answer";

async function diagnoseProvider(
  { config, signal }: CommandContext,
  { session, head, account, who, summary }: Facts,
): Promise<readonly Finding[]> {
  const [found, key, now] = [valueOf(session), valueOf(account), valueOf(head)?.timestamp ?? 0n];
  const gas =
    found === null || who === null
      ? null
      : await after(summary, signal, (each) =>
          probeGas(found, who, each, config.get("reportIntervalSeconds"), signal),
        );
  const operator =
    key === null || who === null || found === null
      ? judged("operator", null, () => ok("operator", ""), "there is no key to compare")
      : judged(
          "operator",
          summary,
          (each) => judgeOperator(found.market.address, who, key, each),
          NOT_REGISTERED,
        );
  return [
    operator,
    judged("instance", summary, ({ instance }) => ok("instance", `${instance} on chain`), NOT_REGISTERED),
    judged("report", summary, (each) => judgeReport(each, now), NOT_REGISTERED),
    judged("gas money", gas, judgeGas, NOT_REGISTERED),
  ];
}

function diagnoseTrade(overview: Fact<ProviderOverview>): readonly Finding[] {
  const whole = valueOf(overview);
  if (whole === null) {
    return ["offers", "stake"].map((check) => judged(check, overview, () => ok(check, ""), NOT_REGISTERED));
  }
  return [judgeOffers(whole.offers), ...whole.money.map((money) => judgeStake(money, whole.offers))];
}

async function readHead({ market }: MarketSession, { now, signal }: CommandContext): Promise<HeadFact> {
  const { number, timestamp } = await withSignal(market.client, signal, (client) => client.getBlock());
  return { number, timestamp, now: BigInt(Math.floor(now().getTime() / 1_000)), chainId: market.chainId };
}
