// SPDX-License-Identifier: Apache-2.0
import { Reason, Status } from "../helpers/enums.ts";
import { clockAt, isLapsed, isSilent } from "./clock.ts";
import { delegationOf } from "./delegates.ts";
import {
  accrues,
  billByTenant,
  billElapsed,
  clockOf,
  depletionClock,
  isInMinimum,
  offerOf,
  providerOf,
  statusName,
} from "./lease-math.ts";
import { freeOf } from "./money.ts";
import { isSpent } from "./quotes.ts";
import { tokenOf, walletOf } from "./tokens.ts";
import type { Address, Lease, State } from "./state.ts";

const MAX_CLOCK = 2n ** 32n - 1n;

/** What a view must answer: its words in order, flags as 0 or 1, addresses as numbers. */
export type Words = readonly bigint[];

function flag(value: boolean): bigint {
  return value ? 1n : 0n;
}

function saturated(clock: bigint): bigint {
  return clock < MAX_CLOCK ? clock : MAX_CLOCK;
}

function refundOf(state: State, lease: Lease): bigint {
  return lease.balance - billByTenant(state, lease).due;
}

export function leaseSummary(state: State, id: bigint): Words {
  const lease = state.leases.get(id);
  if (lease === undefined) return Array.from({ length: 21 }, () => 0n);
  const offer = offerOf(state, lease);
  const { token, collateral } = offer.terms;
  return [
    Status[statusName(state, lease)],
    lease.reason,
    BigInt(lease.tenant),
    BigInt(offer.provider),
    lease.offerId,
    BigInt(token),
    lease.rate,
    lease.balance,
    billElapsed(state, lease).due,
    refundOf(state, lease),
    lease.remainder,
    lease.settledClock,
    clockOf(state, lease),
    saturated(depletionClock(lease)),
    lease.startBy,
    lease.closedAt,
    lease.unlocked ? 0n : collateral,
    flag(isInMinimum(state, lease)),
    flag(lease.dispute?.open === true),
    flag(!lease.started && lease.reason === Reason.None && state.now > lease.startBy),
    flag(isSilent(providerOf(state, lease), state.now)),
  ];
}

export function statusOf(state: State, id: bigint): Words {
  return [Status[statusName(state, state.leases.get(id))]];
}

export function accruedOf(state: State, lease: Lease): Words {
  return [billElapsed(state, lease).due];
}

export function depletionOf(state: State, lease: Lease): Words {
  const clock = saturated(depletionClock(lease));
  const running = accrues(lease) && statusName(state, lease) === "Active";
  return [clock, running ? state.now + clock - clockOf(state, lease) : 0n];
}

export function disputeOf(state: State, id: bigint): Words {
  const dispute = state.leases.get(id)?.dispute;
  if (dispute === undefined) return [0n, 0n, 0n, 0n, 0n];
  return [dispute.amount, dispute.bond, dispute.ruleBy, flag(dispute.open), flag(dispute.used)];
}

export function providerSummary(state: State, address: Address): Words {
  const provider = state.providers.get(address);
  if (provider === undefined) return Array.from({ length: 9 }, () => 0n);
  return [
    BigInt(provider.operator),
    provider.reportPeriod,
    provider.instance,
    provider.sequence,
    provider.lastReportAt,
    provider.clock,
    clockAt(provider, state.now),
    flag(isSilent(provider, state.now)),
    flag(isLapsed(state, provider)),
  ];
}

export function stakeOf(state: State, token: Address, provider: Address): Words {
  const stake = state.providers.get(provider)?.stakes.get(token);
  return [stake?.staked ?? 0n, stake?.locked ?? 0n];
}

export function offerSummary(state: State, id: bigint): Words {
  const offer = state.offers.get(id);
  if (offer === undefined) return Array.from({ length: 11 }, () => 0n);
  const { provider, terms, capacity, taken, closed } = offer;
  return [
    BigInt(provider),
    ...Object.values(terms).map((term: bigint | string) => BigInt(term)),
    capacity,
    taken,
    flag(closed),
  ];
}

export function balanceOf(state: State, token: Address, account: Address): Words {
  return [freeOf(state, token, account)];
}

export function walletBalanceOf(state: State, token: Address, account: Address): Words {
  return [walletOf(tokenOf(state, token), account)];
}

export function delegateOf(state: State, principal: Address, token: Address, delegate: Address): Words {
  const { cap, until } = delegationOf(state, principal, token, delegate);
  return [cap, until];
}

export function isQuoteSpent(state: State, provider: Address, salt: string): Words {
  return [flag(isSpent(state, provider, salt))];
}

export function counts(state: State): { readonly leaseCount: Words; readonly offerCount: Words } {
  return { leaseCount: [BigInt(state.leases.size)], offerCount: [BigInt(state.offers.size)] };
}
