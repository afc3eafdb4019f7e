// SPDX-License-Identifier: Apache-2.0
import { date, NO_MONEY_MOVED, type RevertTableOf } from "./words.ts";

/** Refusals about who provides, and with what stake. */
export const providerWords: RevertTableOf<"Provider"> & RevertTableOf<"Stake"> & RevertTableOf<"Usage"> = {
  ProviderUnknown: ({ provider }) => ({
    message: `Nobody registered as a provider under ${provider}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Check the address and the chain; to provide under it, register first.",
  }),
  ProviderAlreadyRegistered: ({ provider }) => ({
    message: `${provider} is a provider already; registering again would rewind its service clock.`,
    atRisk: NO_MONEY_MOVED,
    next: "Change the operator, endpoint or metadata instead; the report period stays for ever.",
  }),
  ProviderReportPeriodOutOfBounds: ({ actual, minimum, maximum }) => ({
    message: `A report period of ${actual} s is not between ${minimum} and ${maximum} s.`,
    atRisk: NO_MONEY_MOVED,
    next: `Choose ${minimum} to ${maximum} seconds; it can never be changed.`,
  }),
  ProviderCallerNotAuthorized: ({ provider, caller }) => ({
    message: `${caller} is neither the provider ${provider} nor his operator.`,
    atRisk: NO_MONEY_MOVED,
    next: "Use the provider's own key, or let the owner name this key as operator.",
  }),
  ProviderInstanceStale: ({ provider, actual, current }) => ({
    message: `Another daemon of ${provider} has taken over: this one is instance ${actual}, the current one is ${current}.`,
    atRisk:
      "this call moved no money; if no daemon acts under the current instance, reports stop and so does the pay",
    next: "Stop this daemon, or claim the instance again if it is the one that is to run.",
  }),
  ProviderSilent: ({ provider, lastReportAt, reportPeriod }) => ({
    message: `The provider ${provider} is silent: his last report was at ${date(lastReportAt)} and counted for ${reportPeriod} s.`,
    atRisk: "this call moved no money; while he is silent nothing accrues, and his collateral is in danger",
    next: "As the provider, report first and try again; as a tenant, wait for his next report or choose another offer.",
  }),
  StakeInsufficient: ({ provider, token, requested, available }, say) => ({
    message: `This needs ${say.amount(requested)} of free stake, but ${provider} has ${say.amount(available)} of ${token} that stands behind no lease.`,
    atRisk: NO_MONEY_MOVED,
    next: "As the provider, stake more or wait until leases close; as a tenant, choose another offer or a provider with more stake.",
  }),
  StakeTooLarge: ({ provider, staked, maximum }, say) => ({
    message: `${provider} would have staked ${say.amount(staked)}; a ledger entry holds at most ${say.amount(maximum)}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Stake less.",
  }),
  UsageLeaseForeign: ({ leaseId, actual, expected }) => ({
    message: `Lease ${leaseId} is served by ${actual}; ${expected} cannot report its usage.`,
    atRisk:
      "no money moved, but the whole report was undone: until one succeeds the service clock will stop on time",
    next: "Leave this lease out of the report and send it again.",
  }),
};
