// SPDX-License-Identifier: Apache-2.0
import { id as hashOf } from "ethers";
import type { MarketCall } from "../model/calls.ts";
import { offerOf } from "../model/lease-math.ts";
import type { StatusName } from "../helpers/enums.ts";
import type { Address, Lease } from "../model/state.ts";
import { rateFor, shareOf, topUpAmount } from "./amounts.ts";
import { quoteFor } from "./choose-openings.ts";
import { ANY_STATUS, type Scene } from "./scene.ts";

const OPEN: readonly StatusName[] = ["Pending", "Active", "Paused", "Depleted", "Lapsed"];
const DISPUTABLE: readonly StatusName[] = ["Active", "Paused", "Depleted", "Closed"];

/** Mostly the tenant; else his delegate, or anybody. */
function tenantOf(scene: Scene, lease: Lease | undefined, delegateToo: boolean): Address {
  if (lease === undefined) return scene.anyone();
  const { dice, cast } = scene;
  const grant = delegateToo ? scene.endingGrant(lease.tenant) : undefined;
  if (grant !== undefined && dice.chance(0.7)) return grant[2];
  if (delegateToo && dice.chance(0.25)) return cast.of.delegate;
  return scene.mostly(lease.tenant);
}

/** Ids whose calls one hand may make, mostly: the first one's provider's. */
function served(scene: Scene, ids: readonly bigint[]): bigint[] {
  const [first] = ids;
  if (first === undefined || scene.dice.chance(0.1)) return [...ids];
  const { address } = scene.serverOf(first);
  return ids.filter((id) => scene.serverOf(id).address === address && scene.lease(id) !== undefined);
}

function disputed(scene: Scene): bigint {
  const open = [...scene.state.leases.values()].filter(({ dispute }) => dispute?.open === true);
  if (scene.wild || open.length === 0 || scene.dice.chance(0.1)) return scene.leaseId(...ANY_STATUS);
  const { focus } = scene;
  return focus?.dispute?.open === true ? focus.id : scene.dice.pick(open).id;
}

export const runs = {
  start: (scene: Scene): MarketCall => {
    const ids = served(scene, scene.leaseIds("Pending"));
    const provider = scene.serverOf(ids[0] ?? 0n);
    return { name: "start", from: scene.hand(provider), args: [scene.instance(provider), ids] };
  },
  pause: (scene: Scene): MarketCall => {
    const id = scene.leaseId("Active", "Lapsed");
    const provider = scene.serverOf(id);
    return { name: "pause", from: scene.hand(provider), args: [scene.instance(provider), id] };
  },
  resume: (scene: Scene): MarketCall => {
    const id = scene.leaseId("Paused");
    const provider = scene.serverOf(id);
    return { name: "resume", from: scene.hand(provider), args: [scene.instance(provider), id] };
  },
  topUp: (scene: Scene): MarketCall => {
    const id = scene.leaseId("Pending", "Active", "Paused", "Depleted");
    const lease = scene.lease(id);
    const mine = scene.statusOf(id) === "Depleted" ? 0.95 : 0.6;
    const from = scene.dice.chance(mine) ? tenantOf(scene, lease, true) : scene.anyone();
    return { name: "topUp", from, args: [id, topUpAmount(scene, lease)] };
  },
  topUpFromBalance: (scene: Scene): MarketCall => {
    const id = scene.leaseId("Pending", "Active", "Paused", "Depleted");
    const lease = scene.lease(id);
    const from = tenantOf(scene, lease, true);
    const free = lease === undefined ? 0n : scene.free(scene.tokenOf(lease), lease.tenant);
    const amount = scene.dice.chance(0.06) ? free + scene.dice.pick([0n, 1n]) : topUpAmount(scene, lease);
    return { name: "topUpFromBalance", from, args: [id, amount] };
  },
  setManifest: (scene: Scene): MarketCall => {
    const id = scene.leaseId("Pending", "Active", "Paused", "Depleted");
    const from = tenantOf(scene, scene.lease(id), false);
    return { name: "setManifest", from, args: [id, hashOf("another manifest")] };
  },
  amend: (scene: Scene): MarketCall => {
    const id = scene.leaseId("Pending", "Active", "Paused");
    const lease = scene.lease(id);
    const offer = lease === undefined ? scene.offer() : offerOf(scene.state, lease);
    const tenant = lease?.tenant ?? scene.anyone();
    const { quote, signature } = quoteFor(scene, offer, { id, tenant, rate: rateFor(scene, lease) });
    return { name: "amend", from: tenantOf(scene, lease, false), args: [id, quote, signature] };
  },
  settle: (scene: Scene): MarketCall => ({
    name: "settle",
    from: scene.anyone(),
    args: [scene.leaseIds("Active", "Depleted", "Lapsed")],
  }),
  claim: (scene: Scene): MarketCall => {
    const ids = scene.leaseIds("Active", "Depleted", "Lapsed");
    const { address } = scene.serverOf(ids[0] ?? 0n);
    const token = scene.tokenOf(scene.lease(ids[0] ?? 0n));
    const currency = scene.dice.chance(0.9) ? token : scene.token();
    return { name: "claim", from: scene.mostly(address), args: [currency, ids, scene.recipient()] };
  },
} as const;

export const endings = {
  close: (scene: Scene): MarketCall => {
    const id = scene.leaseId(...OPEN);
    const from = scene.dice.chance(0.55) ? tenantOf(scene, scene.lease(id), false) : scene.anyone();
    return { name: "close", from, args: [id] };
  },
  closeByProvider: (scene: Scene): MarketCall => {
    const ids = served(scene, scene.leaseIds(...OPEN));
    const provider = scene.serverOf(ids[0] ?? 0n);
    const cause = scene.dice.between(0n, 7n);
    return {
      name: "closeByProvider",
      from: scene.hand(provider),
      args: [scene.instance(provider), ids, cause],
    };
  },
  complete: (scene: Scene): MarketCall => {
    const id = scene.leaseId("Active", "Paused", "Depleted");
    const provider = scene.serverOf(id);
    const exitCode = scene.dice.pick([0n, 1n, -1n, 137n, -(2n ** 255n)]);
    const args: [bigint, bigint, bigint, string] = [scene.instance(provider), id, exitCode, "ipfs://result"];
    return { name: "complete", from: scene.hand(provider), args };
  },
  releaseCollateral: (scene: Scene): MarketCall => {
    const ids = scene.leaseIds("Closed");
    const lease = scene.lease(ids[0] ?? 0n);
    const from = scene.dice.chance(0.4) ? (lease?.tenant ?? scene.anyone()) : scene.anyone();
    return { name: "releaseCollateral", from, args: [ids] };
  },
} as const;

export const quarrels = {
  openDispute: (scene: Scene): MarketCall => {
    const id = scene.leaseId(...DISPUTABLE);
    const lease = scene.lease(id);
    const collateral = lease === undefined ? 1n : offerOf(scene.state, lease).terms.collateral;
    const amount = scene.dice.chance(0.5) ? collateral : shareOf(scene, collateral);
    return {
      name: "openDispute",
      from: tenantOf(scene, lease, false),
      args: [id, amount, "ipfs://evidence"],
    };
  },
  rule: (scene: Scene): MarketCall => {
    const id = disputed(scene);
    const lease = scene.lease(id);
    const arbitrator = lease && offerOf(scene.state, lease).terms.arbitrator;
    const judge = arbitrator !== undefined && BigInt(arbitrator) !== 0n ? arbitrator : scene.anyone();
    const award = shareOf(scene, lease?.dispute?.amount ?? 1n);
    return { name: "rule", from: scene.mostly(judge), args: [id, award, "ipfs://ruling"] };
  },
  expireDispute: (scene: Scene): MarketCall => ({
    name: "expireDispute",
    from: scene.anyone(),
    args: [disputed(scene)],
  }),
} as const;
