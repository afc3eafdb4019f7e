// SPDX-License-Identifier: Apache-2.0
import { PermanentError, type IsolationTier } from "@berth/sdk";
import type { LeaseId } from "../../domain/identity.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import { parseOwner, type Owner } from "./owner.ts";

/**
 * Users for leases that name none. The kernel counts processes, watches, pipes and queues by user, so two leases under one user could
 * starve each other. The range is one that no distribution hands out, far above people and above their subordinate ids.
 */
const HOST_USERS = { first: 1_900_000_000, count: 200_000_000n };
/** With remapped users a container has 65,536 of them, which only its own user namespace counts. */
const MAPPED_USERS = { first: 1_000, count: 64_000n };
const MAPPED_END = 65_536;

/** On what a service runs: what its offer claims, and whether the engine maps users, which it may do on every tier. */
export interface UserGround {
  readonly tier: IsolationTier;
  readonly isMapped: boolean;
}

/**
 * The user and group of a service's processes. PermanentError E_USER_REFUSED for a user that is not in numbers, that the machine has
 * not got, and for root on a tier where root in a container is root on the machine.
 */
export function leaseUser(leaseId: LeaseId, { name, user }: ServiceSpec, ground: UserGround): Owner {
  if (user === null) return ownUser(leaseId, ground);
  const owner = parseOwner(user);
  const ids = owner === null ? [] : [owner.uid, owner.gid];
  if (owner !== null && ids.every((id) => hasId(id, ground))) return owner;
  throw new PermanentError("E_USER_REFUSED", `Service ${name} may not run as user "${user}" here.`, {
    atRisk: "the lease does not run",
    next: "Give a numeric user and group such as 1000:1000, or none; 0 only where the manifest and the offer say userns or gvisor.",
    facts: { service: name },
  });
}

function hasId(id: number, { tier, isMapped }: UserGround): boolean {
  if (id === 0) return tier !== "runc";
  return !isMapped || id < MAPPED_END;
}

/** The user of services that name none. */
export function ownUser(leaseId: LeaseId, { isMapped }: Pick<UserGround, "isMapped">): Owner {
  const { first, count } = isMapped ? MAPPED_USERS : HOST_USERS;
  const uid = first + Number(leaseId % count);
  return { uid, gid: uid };
}
