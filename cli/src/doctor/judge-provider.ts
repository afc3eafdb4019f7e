// SPDX-License-Identifier: Apache-2.0
import type { ProviderSummary } from "@berth/sdk";
import type { Address } from "viem";
import type { ProviderMoney, ProviderOffer } from "../flows/provider-overview.ts";
import { inTokens } from "../flows/token.ts";
import { formatDuration } from "../output/time.ts";
import type { Finding } from "./finding.ts";
import { failing, ok, warning } from "./finding.ts";

const DAY = 86_400n;
const RUNWAY_WARNING = 7n * DAY;
const RUNWAY_FAILING = 2n * DAY;

export function judgeRegistration(provider: Address, { reportPeriod }: ProviderSummary): Finding {
  if (reportPeriod > 0n) return ok("provider", provider);
  return failing(
    "provider",
    `${provider} is not registered`,
    "berth provider register --key-file <owner's key>",
  );
}

/** Whether the contract takes the daemon from this account, and whether the owner's money is kept apart from it. */
export function judgeOperator(
  market: Address,
  provider: Address,
  account: Address,
  { operator }: ProviderSummary,
): Finding {
  if (account === provider) {
    const says = `${account} is the owner: whoever takes this key from the machine takes the stake`;
    return warning(
      "operator",
      says,
      "berth provider init --force, then make the new key operator (setOperator)",
    );
  }
  if (account === operator) return ok("operator", account);
  const fix = `cast send ${market} 'setOperator(address)' ${account} --rpc-url "$BERTH_RPC_URL" --interactive`;
  return failing("operator", `the key is of ${account}, the operator on chain is ${operator}`, fix);
}

/** The last report against the chain's own time. */
export function judgeReport(
  { lastReportAt, reportPeriod, lapsed }: ProviderSummary,
  chainNow: bigint,
): Finding {
  const age = chainNow > lastReportAt ? chainNow - lastReportAt : 0n;
  const since = `last report ${formatDuration(age)} ago`;
  const run = "berth provider run";
  if (lapsed) return failing("report", `${since}: lapsed, tenants may take the collateral`, run);
  if (age >= reportPeriod) {
    return failing("report", `${since}: pay stopped ${formatDuration(age - reportPeriod)} ago`, run);
  }
  const says = `${since}, pay stops in ${formatDuration(reportPeriod - age)}`;
  return age * 4n > reportPeriod * 3n ? warning("report", says, run) : ok("report", says);
}

/** What the operator holds and what reports cost. Amounts in wei, the interval in seconds. */
export interface GasFact {
  readonly operator: Address;
  readonly balance: bigint;
  readonly costOfReport: bigint;
  readonly interval: bigint;
}

export function judgeGas({ operator, balance, costOfReport, interval }: GasFact): Finding {
  if (costOfReport === 0n) return ok("gas money", "reports cost nothing here");
  const runway = (balance * interval) / costOfReport;
  const says = `pays for reports for ${formatDuration(runway)}`;
  if (runway >= RUNWAY_WARNING) return ok("gas money", says);
  const fix = `cast send ${operator} --value 0.1ether --rpc-url "$BERTH_RPC_URL" --interactive`;
  return runway < RUNWAY_FAILING ? failing("gas money", says, fix) : warning("gas money", says, fix);
}

export function judgeOffers(offers: readonly ProviderOffer[]): Finding {
  const open = offers.filter(({ closed }) => !closed);
  const make = "berth provider offer --help";
  if (open.length === 0) return warning("offers", "none is open: nobody can lease from you", make);
  const free = open.reduce(
    (sum, { capacity, taken }) => sum + (capacity > taken ? capacity - taken : 0n),
    0n,
  );
  const count = `${open.length} open`;
  return free === 0n
    ? warning("offers", `${count}, all full`, make)
    : ok("offers", `${count}, room for ${free} more leases`);
}

/** Whether the free stake covers one more lease of each open offer in its token. */
export function judgeStake(
  { token, staked, locked }: ProviderMoney,
  offers: readonly ProviderOffer[],
): Finding {
  const collaterals = offers
    .filter(({ closed, terms }) => !closed && terms.token === token.address)
    .map(({ terms }) => terms.collateral);
  const most = collaterals.reduce((high, each) => (each > high ? each : high), 0n);
  const free = staked - locked;
  const says = `${inTokens(staked, token)}, ${inTokens(free, token)} of it free`;
  if (free >= most) return ok("stake", says);
  const missing = inTokens(most - free, token).split(" ")[0] ?? "";
  const why = `${says}; a lease needs ${inTokens(most, token)}`;
  return warning("stake", why, `berth provider stake ${missing} --token ${token.address}`);
}
