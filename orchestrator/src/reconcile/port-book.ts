// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import {
  assignPorts,
  hostPortKey,
  isSame,
  type PortPool,
  type PublishedPort,
  type WantedPort,
} from "../domain/published-ports.ts";
import type { ServiceSpec } from "../domain/workload.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";

/** Where ports of workloads are published. */
export interface Publishing {
  readonly pool: PortPool;
  /** True where a proxy answers for the ports that speak HTTP: those need none of the host's. */
  readonly hasProxy: boolean;
}

export interface PortBookParts extends Publishing {
  readonly journal: Pick<Journal, "publishedPorts" | "setPublishedPorts">;
  readonly clock: Pick<Clock, "monotonic">;
}

/** Milliseconds for which a port that somebody else on the host holds is not tried again. */
const BLOCKED_FOR = 600_000;

/** Whose each of the host's ports is; what is written here is written before any container takes the port. */
export class PortBook {
  readonly #parts: PortBookParts;
  readonly #blocked = new Map<string, number>();

  constructor(parts: PortBookParts) {
    this.#parts = parts;
  }

  /** Gives each port of the lease's services its own, and gives back what the lease needs no more. PermanentError E_PORTS_EXHAUSTED. */
  reserve(leaseId: LeaseId, services: readonly ServiceSpec[]): void {
    const { journal, pool } = this.#parts;
    const wanted = services.flatMap((service) => this.#wanted(leaseId, service));
    const ports = assignPorts(pool, wanted, journal.publishedPorts(), this.#held());
    journal.setPublishedPorts(leaseId, ports);
  }

  /** The service with the host's port of each port that has one. */
  placed(leaseId: LeaseId, service: ServiceSpec): ServiceSpec {
    const own = this.#parts.journal.publishedPorts().filter((port) => port.leaseId === leaseId);
    const ports = service.ports.map((port) => {
      const found = own.find((other) => isSame(other, { leaseId, service: service.name, ...port }));
      return found === undefined ? port : { ...port, hostPort: found.hostPort };
    });
    return { ...service, ports };
  }

  /** Lets go of the port that somebody else on the host holds, or of all of the service where nobody could tell which. */
  giveUp(leaseId: LeaseId, service: string, hostPort: number | null): void {
    const { journal, clock } = this.#parts;
    const own = journal.publishedPorts().filter((port) => port.leaseId === leaseId);
    const isLost = (port: PublishedPort): boolean =>
      port.service === service && (hostPort === null || port.hostPort === hostPort);
    for (const port of own.filter(isLost)) this.#blocked.set(hostPortKey(port), clock.monotonic());
    journal.setPublishedPorts(
      leaseId,
      own.filter((port) => !isLost(port)),
    );
  }

  #wanted(leaseId: LeaseId, { name, ports }: ServiceSpec): readonly WantedPort[] {
    const own = ports.filter(({ appProtocol }) => appProtocol === undefined || !this.#parts.hasProxy);
    return own.map(({ containerPort, protocol }) => ({ leaseId, service: name, containerPort, protocol }));
  }

  #held(): ReadonlySet<string> {
    const now = this.#parts.clock.monotonic();
    for (const [key, since] of this.#blocked) if (now - since >= BLOCKED_FOR) this.#blocked.delete(key);
    return new Set(this.#blocked.keys());
  }
}

/** Writes down again what a lost journal knew: which of the host's ports containers of the lease's manifest take. */
export function adoptPorts(
  journal: Pick<Journal, "publishedPorts" | "setPublishedPorts">,
  workloads: readonly ObservedWorkload[],
  manifestHashes: ReadonlyMap<LeaseId, `0x${string}`>,
): void {
  const all = [...journal.publishedPorts()];
  const taken = new Set(all.map(hostPortKey));
  for (const { leaseId, containers } of workloads) {
    const current = containers.filter(({ manifestHash }) => manifestHash === manifestHashes.get(leaseId));
    const found = current.flatMap(({ service, publishes }) =>
      publishes.map((port) => ({ leaseId, service, ...port })),
    );
    const news = found.filter(
      (port) => !taken.has(hostPortKey(port)) && !all.some((other) => isSame(other, port)),
    );
    if (news.length === 0) continue;
    journal.setPublishedPorts(leaseId, [...all.filter((port) => port.leaseId === leaseId), ...news]);
    all.push(...news);
    for (const port of news) taken.add(hostPortKey(port));
  }
}
