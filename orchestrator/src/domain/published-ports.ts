// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import { hash64 } from "./hash64.ts";
import type { LeaseId } from "./identity.ts";
import type { ContainerPort } from "./workload.ts";

/** Ports of the host that workloads are published on, both ends among them. */
export interface PortPool {
  readonly first: number;
  readonly last: number;
}

/** A service's port, and the port of the host that is its own for the life of its lease. */
export interface PublishedPort {
  readonly leaseId: LeaseId;
  readonly service: string;
  readonly containerPort: number;
  readonly protocol: ContainerPort["protocol"];
  readonly hostPort: number;
}

export type WantedPort = Omit<PublishedPort, "hostPort">;

/** Below it only root may listen: what answers there is taken for the machine itself. */
const FIRST_UNPRIVILEGED = 1024;
const LAST_PORT = 65_535;

/** Reads `20000-29999`; null where that is no range of ports from 1024 up. */
export function parsePortPool(text: string): PortPool | null {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const pool = { first: Number(first), last: Number(last) };
  const isRange = pool.first >= FIRST_UNPRIVILEGED && pool.first <= pool.last && pool.last <= LAST_PORT;
  return isRange ? pool : null;
}

/** A host's port as it is taken: tcp and udp are two. */
export function hostPortKey({ hostPort, protocol }: Pick<PublishedPort, "hostPort" | "protocol">): string {
  return `${hostPort}/${protocol}`;
}

/**
 * The host's port of each wanted one: the one that it has already; a free one for the others, looked for from a place of their own, so
 * that the same lease gets the same ports once more where nothing is remembered. `kept` are those of all leases, `blocked` what somebody
 * else on the host holds. PermanentError E_PORTS_EXHAUSTED where too few are left.
 */
export function assignPorts(
  pool: PortPool,
  wanted: readonly WantedPort[],
  kept: readonly PublishedPort[],
  blocked: ReadonlySet<string>,
): readonly PublishedPort[] {
  const taken = new Set([...blocked, ...kept.map(hostPortKey)]);
  return wanted.map((port) => {
    const has = kept.find((other) => isSame(other, port));
    if (has !== undefined) return has;
    const assigned = { ...port, hostPort: freePort(pool, port, taken) };
    taken.add(hostPortKey(assigned));
    return assigned;
  });
}

export function isSame(one: WantedPort, other: WantedPort): boolean {
  return (
    one.leaseId === other.leaseId &&
    one.service === other.service &&
    one.containerPort === other.containerPort &&
    one.protocol === other.protocol
  );
}

function freePort({ first, last }: PortPool, port: WantedPort, taken: ReadonlySet<string>): number {
  const { leaseId, service, containerPort, protocol } = port;
  const size = last - first + 1;
  const start = Number(hash64(`${leaseId}/${service}/${containerPort}/${protocol}`) % BigInt(size));
  for (let step = 0; step < size; step += 1) {
    const hostPort = first + ((start + step) % size);
    if (!taken.has(hostPortKey({ hostPort, protocol }))) return hostPort;
  }
  throw new PermanentError(
    "E_PORTS_EXHAUSTED",
    `No port of ${first}-${last} is free for port ${containerPort}/${protocol} of service ${service}.`,
    {
      atRisk: "the lease does not run, and nothing is paid for it",
      next: "Provider: widen BERTH_PUBLISH_PORTS. Tenant: publish fewer ports, or choose another provider.",
      facts: { lease: String(leaseId), service },
    },
  );
}
