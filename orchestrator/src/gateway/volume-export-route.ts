// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { packVolume } from "@berth/sdk";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { GatewayParts } from "./parts.ts";
import { malformed, workloadWrites } from "./refusals.ts";
import { admitToVolume } from "./volume-access.ts";

const flag = z.stringbool({ truthy: ["true"], falsy: ["false"] }).default(false);
const querySchema = z.strictObject({ live: flag });

/**
 * `GET /v1/leases/:id/volumes/:volume/archive`: all that is in the volume, with checksums. Not while the workload runs, unless the
 * tenant says `live`: what is written meanwhile may be in it by half. One that breaks off has no checksums and is told by that.
 */
export function volumeExportRoute(app: FastifyInstance, parts: GatewayParts, signal: AbortSignal): void {
  app.get("/v1/leases/:id/volumes/:volume/archive", async (request, reply) => {
    const { leaseId, volume } = await admitToVolume(parts, request, signal);
    const { live } = queryOf(request);
    if (!live && (await runningServices(parts, leaseId, signal)).length > 0)
      throw workloadWrites(leaseId, "live");
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const end = AbortSignal.any([signal, gone.signal]);
    const fields = { leaseId: String(leaseId), volume: volume.name };
    const leftOut = (path: string): void => parts.log.info({ ...fields, path }, "left out of an export");
    const raw = parts.runtime.readVolume(leaseId, volume.name, end);
    const own = await parts.runtime.ownUser(leaseId, end);
    const archive = packVolume(raw, () => createHash("sha256"), leftOut, own);
    const stream = Readable.from(archive, { objectMode: false });
    stream.once("error", (error) => {
      if (!end.aborted) parts.log.warn({ ...fields, ...failureOf(error) }, "export ends early");
    });
    parts.log.info(fields, "export begins");
    return reply.type("application/x-tar").send(stream);
  });
}

/** Services of the lease that have processes which are not suspended. */
export async function runningServices(
  { runtime }: GatewayParts,
  leaseId: LeaseId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const leases = await runtime.observeContainers(signal);
  const containers = leases.find((lease) => lease.leaseId === leaseId)?.containers ?? [];
  return containers.filter(({ state }) => state === "running").map(({ service }) => service);
}

function queryOf({ query }: FastifyRequest): z.output<typeof querySchema> {
  const parsed = querySchema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw malformed("A volume is asked for with live (true or false).");
}
