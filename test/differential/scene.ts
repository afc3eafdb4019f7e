// SPDX-License-Identifier: Apache-2.0
import { Status, type StatusName } from "../helpers/enums.ts";
import type { Quote } from "../model/calls.ts";
import { freeOf } from "../model/money.ts";
import { offerOf, providerOf, statusName } from "../model/lease-math.ts";
import type { Address, Lease, Offer, Provider, State } from "../model/state.ts";
import type { Cast, Role } from "./cast.ts";
import { columnOf } from "./columns.ts";
import type { Dice } from "./dice.ts";

/** A quote that was signed, to be used again, late, or under another operator. */
export interface SignedQuote {
  readonly quote: Quote;
  readonly signature: string;
}

const MANY = 2n ** 32n;

/** One moment from which the next call is chosen; `focus` is the lease that time was moved for. */
export class Scene {
  readonly state: State;
  readonly dice: Dice;
  readonly cast: Cast;
  readonly pool: SignedQuote[];
  readonly focus: Lease | undefined;
  /** Whether the next call is to be tried on a lease of any status, each as likely. */
  wild = false;

  constructor(parts: Pick<Scene, "state" | "dice" | "cast" | "pool" | "focus">) {
    ({ state: this.state, dice: this.dice, cast: this.cast, pool: this.pool, focus: this.focus } = parts);
  }

  role(...roles: readonly Role[]): Address {
    return this.cast.of[this.dice.pick(roles)];
  }

  anyone(): Address {
    return this.dice.pick(this.cast.all);
  }

  /** A principal, his delegate and a token whose grant ends about now: the seconds that decide. */
  endingGrant(
    principal?: Address,
  ): readonly [principal: Address, token: Address, delegate: Address] | undefined {
    const { delegations, now } = this.state;
    const ending = [...delegations]
      .filter(([, { until }]) => until >= now - 1n && until <= now + 1n)
      .map(([key]) => key.split(":"))
      .filter(([of]) => principal === undefined || of === principal);
    if (ending.length === 0) return undefined;
    const [of = "", token = "", delegate = ""] = this.dice.pick(ending);
    return [of, token, delegate];
  }

  /** Who should call, mostly; now and then somebody else. */
  mostly(rightful: Address): Address {
    return this.dice.chance(0.93) ? rightful : this.anyone();
  }

  leases(...statuses: readonly StatusName[]): Lease[] {
    const all = [...this.state.leases.values()];
    return all.filter((lease) => statuses.includes(statusName(this.state, lease)));
  }

  /** A lease for a call that wants one of these statuses: mostly such a one, now and then any, or none. */
  leaseId(...wanted: readonly StatusName[]): bigint {
    const { state, dice, focus } = this;
    const count = BigInt(state.leases.size);
    if (dice.chance(0.015)) return dice.pick([0n, count + 1n, MANY + 1n]);
    if (this.wild && count > 0n) return this.#ofAnyColumn();
    const fits = focus !== undefined && wanted.includes(statusName(state, focus));
    if (fits && dice.chance(0.75)) return focus.id;
    if (focus !== undefined && dice.chance(0.12)) return focus.id;
    const suited = this.leases(...wanted);
    if (suited.length > 0 && dice.chance(0.93)) return dice.pick(suited).id;
    return count === 0n ? 1n : dice.between(1n, count);
  }

  #ofAnyColumn(): bigint {
    const columns = [...this.state.leases.keys()].map((id) => [id, columnOf(this.state, id)] as const);
    const chosen = this.dice.pick([...new Set(columns.map(([, column]) => column))]);
    return this.dice.pick(columns.filter(([, column]) => column === chosen))[0];
  }

  /** A lease that is there, for what is chosen by its facts; nothing where there is none under the number. */
  lease(id: bigint): Lease | undefined {
    return this.state.leases.get(id);
  }

  providers(): Provider[] {
    return [...this.state.providers.values()];
  }

  provider(): Provider {
    const { dice, focus, state } = this;
    if (focus !== undefined && dice.chance(0.6)) return providerOf(state, focus);
    return dice.pick(this.providers());
  }

  /** Who serves a lease, or anybody where there is no lease. */
  serverOf(id: bigint): Provider {
    const lease = this.lease(id);
    return lease === undefined ? this.provider() : providerOf(this.state, lease);
  }

  /** Owner or operator. */
  hand(provider: Provider): Address {
    const { address, operator } = provider;
    return this.mostly(this.dice.chance(0.6) && BigInt(operator) !== 0n ? operator : address);
  }

  /** The current instance, mostly; now and then an older, a newer, or one that looks current in 32 bits. */
  instance({ instance }: Provider): bigint {
    if (this.dice.chance(0.95)) return instance;
    return this.dice.pick([instance + 1n, instance + MANY, instance > 0n ? instance - 1n : 7n]);
  }

  /** Mostly an open one; now and then one that takes no more. */
  offer(): Offer {
    const { dice, state } = this;
    const [open, closed] = [false, true].map((wanted) =>
      [...state.offers.values()].filter((offer) => offer.closed === wanted),
    );
    if (closed !== undefined && closed.length > 0 && dice.chance(0.08)) return dice.pick(closed);
    return dice.pick(open !== undefined && open.length > 0 ? open : [...state.offers.values()]);
  }

  tokenOf(lease: Lease | undefined): Address {
    return lease === undefined ? this.token() : offerOf(this.state, lease).terms.token;
  }

  token(): Address {
    return this.dice.pick([...this.state.tokens.keys()]);
  }

  free(token: Address, account: Address): bigint {
    return freeOf(this.state, token, account);
  }

  statusOf(id: bigint): StatusName {
    return statusName(this.state, this.lease(id));
  }

  /** Somebody to be paid: mostly somebody, now and then nobody or the market. */
  recipient(): Address {
    if (this.dice.chance(0.06)) return this.dice.pick([this.state.market, "0x" + "0".repeat(40)]);
    return this.dice.chance(0.5) ? this.cast.of.payee : this.anyone();
  }

  /** A list for a call that takes several: one id, a few, duplicates and strangers among them; rarely too long. */
  leaseIds(...wanted: readonly StatusName[]): bigint[] {
    const { dice } = this;
    if (dice.chance(0.004)) return Array.from({ length: 129 }, () => this.leaseId(...wanted));
    if (dice.chance(0.02)) return [];
    const length = dice.weigh([
      [1, 12],
      [2, 4],
      [3, 3],
      [6, 1],
    ]);
    const ids = Array.from({ length }, () => this.leaseId(...wanted));
    return dice.chance(0.15) ? [...ids, ...ids.slice(0, 1)] : ids;
  }
}

/** Every status of a lease that exists. */
export const ANY_STATUS = (Object.keys(Status) as StatusName[]).filter((name) => name !== "None");
