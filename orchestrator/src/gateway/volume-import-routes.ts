// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  BerthError,
  contentOf,
  MAX_UPLOAD_PART,
  requireWritten,
  verifyVolumeArchive,
  type ImportProgress,
} from "@berth/sdk";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { failureOf } from "../domain/failure.ts";
import { bodyOf } from "./authenticate.ts";
import type { GatewayParts } from "./parts.ts";
import { answerTo, leaseClosed, malformed, notBounded, workloadWrites } from "./refusals.ts";
import type { UploadKey, Uploads } from "./uploads.ts";
import { admitToVolume, mostBytes, parameterOf, type AdmittedVolume } from "./volume-access.ts";
import { runningServices } from "./volume-export-route.ts";

type Report = (progress: ImportProgress) => void;

const PATH = "/v1/leases/:id/volumes/:volume/uploads/:sha256";
const offsetSchema = z.strictObject({
  offset: z.coerce.number().int().min(0),
  /** SHA-256 of the piece, in hex. */
  piece: z.string(),
});
const applySchema = z.strictObject({
  stop: z.stringbool({ truthy: ["true"], falsy: ["false"] }).default(false),
});
/** Tries to replace a volume whose services were stopped: somebody may have begun to start one before it was held. */
const TRIES = 3;
/** Bytes between two words about progress. */
const STRIDE = 16 * 1024 ** 2;
const newHash = () => createHash("sha256");

/**
 * How a tenant puts an archive in the place of what is in a volume: it is sent in pieces, each signed like any request, which a caller
 * who was cut off goes on with; then it is checked, unpacked beside the volume, read back, and put in its place in one step.
 */
export function volumeImportRoutes(app: FastifyInstance, parts: GatewayParts, signal: AbortSignal): void {
  const { uploads } = parts;
  app.addHook("onListen", async () => void uploads.clearForEver(parts.log, signal));
  app.get(PATH, async (request) => {
    const { key } = await admitUpload(parts, request, signal);
    return { received: await uploads.received(key) };
  });
  app.put(PATH, { bodyLimit: MAX_UPLOAD_PART }, async (request) => {
    const { key, volume } = await admitUpload(parts, request, signal);
    const { offset, piece } = parsedQuery(offsetSchema, request, "A piece is sent with offset and piece.");
    if (newHash().update(bodyOf(request)).digest("hex") !== piece)
      throw malformed("The piece is not the one that was signed.");
    if (volume.sizeMiB === null) throw notBounded(volume.name);
    return { received: await uploads.append(key, offset, bodyOf(request), mostBytes(volume.sizeMiB)) };
  });
  app.put(`${PATH}/apply`, async (request, reply) => {
    const admitted = await admitUpload(parts, request, signal);
    const { stop } = parsedQuery(applySchema, request, "An import is begun with stop (true or false).");
    if (admitted.lease.status === "closed") throw leaseClosed(admitted.leaseId);
    const services = await runningServices(parts, admitted.leaseId, signal);
    if (services.length > 0 && !stop) throw workloadWrites(admitted.leaseId, "stop");
    const lines = told((report) => apply(parts, uploads, admitted, stop, report, signal));
    return reply.type("application/x-ndjson").send(Readable.from(lines, { objectMode: false }));
  });
}

async function admitUpload(
  parts: GatewayParts,
  request: FastifyRequest,
  signal: AbortSignal,
): Promise<AdmittedVolume & { readonly key: UploadKey }> {
  const admitted = await admitToVolume(parts, request, signal);
  const sha256 = parameterOf(request, "sha256");
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw malformed("The archive's SHA-256 is none.");
  return { ...admitted, key: { leaseId: admitted.leaseId, volume: admitted.volume.name, sha256 } };
}

async function apply(
  parts: GatewayParts,
  uploads: Uploads,
  { leaseId, volume, key }: AdmittedVolume & { readonly key: UploadKey },
  stop: boolean,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const fields = { leaseId: String(leaseId), volume: volume.name, sha256: key.sha256 };
  parts.log.info(fields, "import begins");
  try {
    await uploads.use(key, async (read) => {
      const own = await parts.runtime.ownUser(leaseId, signal);
      const listing = await verifyVolumeArchive(counted(read(), "checked", report), newHash);
      const content = {
        archive: () => contentOf(counted(read(), "written", report), own),
        check: (written: AsyncIterable<Uint8Array>) =>
          requireWritten(counted(written, "read back", report), listing, newHash),
      };
      await atRest(parts, leaseId, stop, signal, () =>
        parts.runtime.replaceVolume(leaseId, volume.name, content, signal),
      );
      report({ phase: "done", bytes: listing.bytes, files: listing.files });
    });
    parts.log.info(fields, "import done");
  } catch (error) {
    parts.log.warn({ ...fields, ...failureOf(error) }, "import failed");
    throw error;
  } finally {
    parts.wake();
  }
}

/** Does the work with the lease's services stopped, where the tenant said so; the daemon starts them again after it. */
async function atRest(
  parts: GatewayParts,
  leaseId: UploadKey["leaseId"],
  stop: boolean,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const services = stop ? await runningServices(parts, leaseId, signal) : [];
    for (const service of services) await parts.stopService(leaseId, service, signal);
    try {
      return await work();
    } catch (error) {
      const isTaken = error instanceof BerthError && error.code === "E_VOLUME_BUSY";
      if (!stop || !isTaken || attempt === TRIES) throw error;
    }
  }
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  phase: Exclude<ImportProgress["phase"], "done">,
  report: Report,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let next = 0;
  for await (const piece of stream) {
    yield piece;
    bytes += piece.length;
    if (bytes < next) continue;
    report({ phase, bytes });
    next = bytes + STRIDE;
  }
}

/** What the work reports, as lines of JSON; an error is the last of them. */
async function* told(work: (report: Report) => Promise<void>): AsyncGenerator<string> {
  const lines: string[] = [];
  let wake = (): void => undefined;
  let isOver = false;
  const say = (value: unknown): void => {
    lines.push(`${JSON.stringify(value)}\n`);
    wake();
  };
  const working = work(say)
    .catch((error: unknown) => say({ error: answerTo(error).body }))
    .finally(() => {
      isOver = true;
      wake();
    });
  for (;;) {
    yield* lines.splice(0);
    if (isOver && lines.length === 0) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (isOver || lines.length > 0) resolve();
    });
  }
  await working;
}

function parsedQuery<S extends z.ZodType>(schema: S, { query }: FastifyRequest, why: string): z.output<S> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw malformed(why);
}
