// SPDX-License-Identifier: Apache-2.0
import { allotResources, manifestHash, parseManifestDocument } from "@berth/sdk";
import type { FastifyInstance } from "fastify";
import { crashpoint } from "../crashpoint.ts";
import { admit, bodyOf } from "./authenticate.ts";
import { namedManifest } from "./named-manifest.ts";
import type { GatewayParts } from "./parts.ts";
import { leaseClosed, leaseUnknown, manifestDiffers, manifestNotText } from "./refusals.ts";
import { requireTaken } from "./taken.ts";
import { soon } from "./soon.ts";

/**
 * `PUT /v1/leases/:id/manifest`: takes the manifest that the lease names, if it can run on the lease's offer. Nothing of it is ever
 * logged but its hash.
 */
export function manifestRoute(app: FastifyInstance, parts: GatewayParts, signal: AbortSignal): void {
  const { chain, clock, journal, log, wake } = parts;
  app.put("/v1/leases/:id/manifest", async (request, reply) => {
    const admitted = await admit(parts, request, { isPatient: true, signal });
    const { leaseId, lease } = admitted;
    if (lease.status === "closed") throw leaseClosed(leaseId);
    await requireTaken(parts, admitted, signal);
    const text = textOf(bodyOf(request));
    const document = parseManifestDocument(text);
    const hash = manifestHash(document);
    const named = await soon(clock, () => namedManifest(parts, leaseId, hash, signal), signal);
    if (named === null) throw leaseUnknown(leaseId);
    if (named !== hash) throw manifestDiffers(leaseId, hash, named);
    allotResources(document.manifest, await chain.offerResources(lease.offerId, signal));
    journal.keepManifest(leaseId, { manifestHash: hash, text });
    crashpoint("manifest-kept");
    log.info({ leaseId: String(leaseId), manifestHash: hash }, "manifest kept");
    wake();
    return reply.code(204).send();
  });
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw manifestNotText();
  }
}
