// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { failureOf } from "../domain/failure.ts";
import { holderOf } from "../domain/holder.ts";
import type { LogLine } from "../domain/observed.ts";
import { admit } from "./authenticate.ts";
import { merge } from "./merge.ts";
import type { GatewayParts } from "./parts.ts";
import { malformed, numberReused, serviceUnknown } from "./refusals.ts";

const querySchema = z.strictObject({
  service: z.string().min(1).max(63).optional(),
  tail: z.coerce.number().int().min(0).max(10_000).default(100),
  follow: z.stringbool({ truthy: ["true"], falsy: ["false"] }).default(false),
});

/** `GET /v1/leases/:id/logs`: a line of JSON for each line that the workload wrote; with `follow`, until the caller goes. */
export function logsRoute(app: FastifyInstance, parts: GatewayParts, signal: AbortSignal): void {
  app.get("/v1/leases/:id/logs", async (request, reply) => {
    const { leaseId, lease } = await admit(parts, request, { isPatient: false, signal });
    const holder = parts.journal.holder(leaseId);
    if (holder !== null && holder !== holderOf(lease)) throw numberReused(leaseId);
    const { service, tail, follow } = queryOf(request);
    const containers = parts.viewOf(leaseId)?.observed?.containers ?? [];
    const services = containers
      .map((container) => container.service)
      .filter((name) => service === undefined || name === service);
    if (services.length === 0) throw serviceUnknown(leaseId, service ?? null);
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const end = AbortSignal.any([signal, gone.signal]);
    const sources = services.map((name) => parts.runtime.logs(leaseId, { service: name, tail, follow }, end));
    const fields = { leaseId: String(leaseId) };
    const lines = untilGone(merge(sources), end, (error) =>
      parts.log.warn({ ...fields, ...failureOf(error) }, "logs end early"),
    );
    return reply.type("application/x-ndjson").send(Readable.from(lines, { objectMode: false }));
  });
}

/** The lines as JSON until the source ends or fails, or nobody listens; what was sent before stays sent. */
async function* untilGone(
  lines: AsyncIterable<LogLine>,
  end: AbortSignal,
  failed: (error: unknown) => void,
): AsyncGenerator<string> {
  try {
    for await (const line of lines) yield `${JSON.stringify(line)}\n`;
  } catch (error) {
    if (!end.aborted) failed(error);
  }
}

function queryOf({ query }: FastifyRequest): z.output<typeof querySchema> {
  const parsed = querySchema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw malformed("The logs are asked for with service, tail (0 to 10000) and follow (true or false).");
}
