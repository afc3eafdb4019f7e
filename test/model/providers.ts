// SPDX-License-Identifier: Apache-2.0
import type { CallArgs } from "./calls.ts";
import { clockAt, isSilent } from "./clock.ts";
import { emit, type Context } from "./context.ts";
import { arrivalChecks, arrivedBy, payOut, recipientCheck } from "./money.ts";
import { known, need, needAll, type Check } from "./refusal.ts";
import type { Address, Provider, Stake, State } from "./state.ts";
import { foreseePull, pull, tokenOf } from "./tokens.ts";

const MAX_STAKE = 2n ** 128n - 1n;
const REPORT_PERIODS = { shortest: 600n, longest: 21_600n };

/** The provider under an address; refused where there is none. */
export function requireProvider(state: State, address: Address): Provider {
  const provider = state.providers.get(address);
  need(provider !== undefined, "ProviderUnknown", address);
  return known(provider);
}

/** Owner or operator, under the current instance: the caller's right to act for a provider. */
export function requireInstance({ caller }: Context, provider: Provider, instance: bigint): void {
  const { address, operator } = provider;
  need(caller === address || caller === operator, "ProviderCallerNotAuthorized", address, caller);
  need(instance === provider.instance, "ProviderInstanceStale", address, instance, provider.instance);
}

/** That the provider's last report still counts. */
export function notSilentCheck(state: State, provider: Provider): Check {
  const { address, lastReportAt, reportPeriod } = provider;
  return [!isSilent(provider, state.now), "ProviderSilent", address, lastReportAt, reportPeriod];
}

export function stakeOf(provider: Provider, token: Address): Stake {
  const stake = provider.stakes.get(token) ?? { staked: 0n, locked: 0n };
  provider.stakes.set(token, stake);
  return stake;
}

/** That so much stake stands behind no lease. */
export function stakeCheck(provider: Provider, token: Address, requested: bigint): Check {
  return coverCheck(provider.address, token, stakeOf(provider, token), requested);
}

function coverCheck(owner: Address, token: Address, { staked, locked }: Stake, requested: bigint): Check {
  const available = staked - locked;
  return [available >= requested, "StakeInsufficient", owner, token, requested, available];
}

export function register(context: Context, args: CallArgs["register"]): void {
  const { state, caller } = context;
  const [operator, reportPeriod, endpoint, metadataURI] = args;
  const { shortest, longest } = REPORT_PERIODS;
  needAll([
    [!state.providers.has(caller), "ProviderAlreadyRegistered", caller],
    [
      reportPeriod >= shortest && reportPeriod <= longest,
      "ProviderReportPeriodOutOfBounds",
      reportPeriod,
      shortest,
      longest,
    ],
  ]);
  state.providers.set(caller, {
    address: caller,
    reportPeriod,
    operator,
    instance: 0n,
    sequence: 0n,
    lastReportAt: state.now,
    clock: 0n,
    stakes: new Map(),
  });
  emit(context, "ProviderRegistered", caller, operator, reportPeriod, endpoint, metadataURI);
}

export function setOperator(context: Context, [operator]: CallArgs["setOperator"]): void {
  const provider = requireProvider(context.state, context.caller);
  provider.operator = operator;
  provider.instance += 1n;
  emit(context, "ProviderOperatorChanged", provider.address, operator, provider.instance);
}

export function setEndpoint(context: Context, [endpoint]: CallArgs["setEndpoint"]): void {
  requireProvider(context.state, context.caller);
  emit(context, "ProviderEndpointChanged", context.caller, endpoint);
}

export function setMetadata(context: Context, [metadataURI]: CallArgs["setMetadata"]): void {
  requireProvider(context.state, context.caller);
  emit(context, "ProviderMetadataChanged", context.caller, metadataURI);
}

export function claimInstance(context: Context, [address, expected]: CallArgs["claimInstance"]): void {
  const provider = requireProvider(context.state, address);
  requireInstance(context, provider, expected);
  provider.instance += 1n;
  emit(context, "ProviderInstanceClaimed", address, provider.instance, context.caller);
}

export function stake(context: Context, [token, amount]: CallArgs["stake"]): void {
  const { state, caller } = context;
  const provider = requireProvider(state, caller);
  const transfer = foreseePull(state, tokenOf(state, token), caller, amount);
  const entry = stakeOf(provider, token);
  const staked = entry.staked + arrivedBy(transfer);
  const sizeCheck: Check = [staked <= MAX_STAKE, "StakeTooLarge", caller, staked, MAX_STAKE];
  needAll([...arrivalChecks(token, transfer), sizeCheck]);
  pull(state, tokenOf(state, token), caller, amount);
  entry.staked = staked;
  emit(context, "StakeDeposited", caller, token, arrivedBy(transfer), staked, entry.locked);
}

export function withdrawStake(context: Context, [token, amount, to]: CallArgs["withdrawStake"]): void {
  const { state, caller } = context;
  const provider = state.providers.get(caller);
  const entry = provider === undefined ? { staked: 0n, locked: 0n } : stakeOf(provider, token);
  needAll([recipientCheck(state, to), coverCheck(caller, token, entry, amount)]);
  payOut(context, token, to, amount);
  entry.staked -= amount;
  emit(context, "StakeWithdrawn", caller, token, to, amount, entry.staked, entry.locked);
}

export function report(context: Context, args: CallArgs["report"]): void {
  const { state } = context;
  const [address, instance, usageRoot, uri, entries] = args;
  const provider = requireProvider(state, address);
  requireInstance(context, provider, instance);
  need(entries.length <= 128, "LeaseListTooLong", BigInt(entries.length), 128n);
  provider.clock = clockAt(provider, state.now);
  provider.lastReportAt = state.now;
  emit(context, "ProviderReported", address, provider.clock, usageRoot, uri, instance);
  for (const usage of entries) {
    const lease = state.leases.get(usage.leaseId);
    need(lease !== undefined, "LeaseUnknown", usage.leaseId);
    const server = known(state.offers.get(known(lease).offerId)).provider;
    need(server === address, "UsageLeaseForeign", usage.leaseId, server, address);
    emit(context, "UsageReported", address, usage.leaseId, Object.values(usage));
  }
}
