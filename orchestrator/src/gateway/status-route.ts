// SPDX-License-Identifier: Apache-2.0
import type { GatewayStatus } from "@berth/sdk";
import type { FastifyInstance } from "fastify";
import type { Failure } from "../domain/failure.ts";
import type { LeaseView } from "../domain/lease-view.ts";
import type { ObservedContainer } from "../domain/observed.ts";
import { admit, type Admitted } from "./authenticate.ts";
import type { GatewayParts } from "./parts.ts";
import { phaseOf } from "./phase.ts";

/** `GET /v1/leases/:id/status`: the lease as the chain shows it now, and its workload as the daemon last saw it. */
export function statusRoute(app: FastifyInstance, parts: GatewayParts, signal: AbortSignal): void {
  app.get("/v1/leases/:id/status", async (request) => {
    const admitted = await admit(parts, request, { isPatient: false, signal });
    const { leaseId } = admitted;
    return statusOf(admitted, parts.viewOf(leaseId), parts.darkness(), parts.pullOf(leaseId));
  });
}

/** What a tenant is told of his lease. */
export function statusOf(
  { leaseId, lease, block }: Admitted,
  view: LeaseView | null,
  darkness: Failure | null,
  progress: string | null,
): GatewayStatus {
  const containers = view?.desired.kind === "quarantine" ? [] : (view?.observed?.containers ?? []);
  const endpoints = containers.flatMap((container) =>
    container.state === "running" ? container.endpoints : [],
  );
  return {
    leaseId: String(leaseId),
    status: lease.status,
    phase: phaseOf(lease.status, view, darkness !== null),
    progress,
    services: namesOf(view, containers).map((name) => serviceOf(name, containers)),
    endpoints: endpoints.map((endpoint) =>
      endpoint.protocol === "udp" || endpoint.url !== undefined
        ? endpoint
        : { ...endpoint, url: `http://${inUrl(endpoint.address)}:${endpoint.port}` },
    ),
    lastError: lastErrorOf(view, darkness),
    chainBlock: { number: String(block.number), timestamp: String(block.timestamp) },
  };
}

function lastErrorOf(view: LeaseView | null, darkness: Failure | null): Failure | null {
  const failure = view?.fault ?? darkness ?? view?.lastError ?? view?.exit ?? null;
  return failure === null ? null : { code: failure.code, message: failure.message };
}

function namesOf(view: LeaseView | null, containers: readonly ObservedContainer[]): readonly string[] {
  if (view?.desired.kind === "run") return view.desired.workload.services.map(({ name }) => name);
  return containers.map(({ service }) => service);
}

function serviceOf(
  name: string,
  containers: readonly ObservedContainer[],
): GatewayStatus["services"][number] {
  const found = containers.find(({ service }) => service === name);
  if (found === undefined) return { name, state: "absent", health: "none", exitCode: null, image: null };
  const { state, health, exitCode, image } = found;
  return { name, state, health, exitCode, image };
}

function inUrl(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
