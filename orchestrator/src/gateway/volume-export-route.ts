// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { packVolume } from "@berth/sdk";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedContainer } from "../domain/observed.ts";
import type { GatewayParts } from "./parts.ts";
import { malformed, workloadWrites } from "./refusals.ts";
import { admitToVolume } from "./volume-access.ts";

const flag = z.stringbool({ truthy: ["true"], falsy: ["false"] }).default(false);
/** How much of what is left out of an export is named in the log: a tenant may have any number of it. */
const NAMED = 3;
const querySchema = z.strictObject({ live: flag });

/**
 * `GET /v1/leases/:id/volumes/:volume/archive`: all that is in the volume, with checksums. Not while the workload runs, unless the
 * tenant says `live`: what is written meanwhile may be in it by half. One that breaks off, as it does where the workload ran meanwhile,
 * has no checksums and is told by that.
 */
export function volumeExportRoute(app: FastifyInstance, parts: GatewayParts, signal: AbortSignal): void {
  app.get("/v1/leases/:id/volumes/:volume/archive", async (request, reply) => {
    const { leaseId, volume } = await admitToVolume(parts, request, signal);
    const { live } = queryOf(request);
    const rest = live ? null : await restOf(parts, leaseId, signal);
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const end = AbortSignal.any([signal, gone.signal]);
    const fields = { leaseId: String(leaseId), volume: volume.name };
    const leftOut = { count: 0, paths: [] as string[] };
    const note = (path: string): void => {
      leftOut.count += 1;
      if (leftOut.paths.length < NAMED) leftOut.paths.push(path);
    };
    const content = parts.runtime.readVolume(leaseId, volume.name, end);
    const raw = rest === null ? content : during(leaseId, rest, content, () => restOf(parts, leaseId, end));
    const own = await parts.runtime.ownUser(leaseId, end);
    const archive = packVolume(raw, () => createHash("sha256"), note, own);
    const stream = Readable.from(archive, { objectMode: false });
    stream.once("close", () => {
      if (leftOut.count > 0) parts.log.info({ ...fields, ...leftOut }, "left out of an export");
    });
    stream.once("error", (error) => {
      if (!end.aborted) parts.log.warn({ ...fields, ...failureOf(error) }, "export ends early");
    });
    parts.log.info(fields, "export begins");
    return reply.type("application/x-tar").send(stream);
  });
}

/** What stays the same as long as no service of the lease is started. UserError E_VOLUME_IN_USE while one runs. */
async function restOf(parts: GatewayParts, leaseId: LeaseId, signal: AbortSignal): Promise<string> {
  const containers = await containersOf(parts, leaseId, signal);
  if (containers.some(runs)) throw workloadWrites(leaseId, "live");
  const runsSoFar = containers.flatMap(({ id, startedAt }) =>
    startedAt === null ? [] : `${id} ${startedAt}`,
  );
  return runsSoFar.sort().join();
}

/** The content, if the rest was the same after it as before. */
async function* during(
  leaseId: LeaseId,
  rest: string,
  content: AsyncIterable<Uint8Array>,
  look: () => Promise<string>,
): AsyncGenerator<Uint8Array> {
  yield* content;
  if ((await look()) !== rest) throw workloadWrites(leaseId, "live");
}

/** Services of the lease that have processes which are not suspended. */
export async function runningServices(
  parts: GatewayParts,
  leaseId: LeaseId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const containers = await containersOf(parts, leaseId, signal);
  return containers.filter(runs).map(({ service }) => service);
}

async function containersOf(
  { runtime }: GatewayParts,
  leaseId: LeaseId,
  signal: AbortSignal,
): Promise<readonly ObservedContainer[]> {
  const leases = await runtime.observeContainers(signal);
  return leases.find((lease) => lease.leaseId === leaseId)?.containers ?? [];
}

function runs({ state }: ObservedContainer): boolean {
  return state === "running";
}

function queryOf({ query }: FastifyRequest): z.output<typeof querySchema> {
  const parsed = querySchema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw malformed("A volume is asked for with live (true or false).");
}
