// SPDX-License-Identifier: Apache-2.0
import { allotResources, allotStorage, manifestHash, parseManifestUpload, requireTier } from "@berth/sdk";
import type { FastifyInstance } from "fastify";
import { crashpoint } from "../crashpoint.ts";
import { admit, bodyOf } from "./authenticate.ts";
import { namedManifest } from "./named-manifest.ts";
import type { GatewayParts } from "./parts.ts";
import type { LeaseView } from "../domain/lease-view.ts";
import { leaseClosed, leaseUnknown, manifestDiffers, manifestNotText, wouldShrink } from "./refusals.ts";
import { requireTaken } from "./taken.ts";
import { soon } from "./soon.ts";

/**
 * `PUT /v1/leases/:id/manifest`: takes the manifest that the lease names, if it can run on the lease's offer, and the private part beside
 * it. Nothing of either is ever logged but the manifest's hash.
 */
export function manifestRoute(app: FastifyInstance, parts: GatewayParts, signal: AbortSignal): void {
  const { chain, clock, journal, log, wake } = parts;
  app.put("/v1/leases/:id/manifest", async (request, reply) => {
    const admitted = await admit(parts, request, { isPatient: true, signal });
    const { leaseId, lease } = admitted;
    if (lease.status === "closed") throw leaseClosed(leaseId);
    await requireTaken(parts, admitted, signal);
    const { document, text, secrets } = parseManifestUpload(textOf(bodyOf(request)));
    const hash = manifestHash(document);
    const named = await soon(clock, () => namedManifest(parts, leaseId, hash, signal), signal);
    if (named === null) throw leaseUnknown(leaseId);
    if (named !== hash) throw manifestDiffers(leaseId, hash, named);
    const { tier } = await chain.offerMetadata(lease.offerId, signal);
    requireTier(tier, document.manifest.market.tier);
    const resources = await chain.offerResources(lease.offerId, signal);
    allotResources(document.manifest, resources);
    requireNoShrinking(allotStorage(document.manifest, resources), parts.viewOf(leaseId));
    const kept = secrets === null ? null : JSON.stringify(secrets);
    journal.keepManifest(leaseId, { manifestHash: hash, text }, kept);
    crashpoint("manifest-kept");
    log.info({ leaseId: String(leaseId), manifestHash: hash }, "manifest kept");
    wake();
    return reply.code(204).send();
  });
}

/** A volume that is there keeps at least its size: the manifest that runs goes on running otherwise. */
function requireNoShrinking(sizes: Readonly<Record<string, number>>, view: LeaseView | null): void {
  const volumes = view === null || view.desired.kind === "quarantine" ? [] : (view.observed?.volumes ?? []);
  for (const { name, sizeMiB } of volumes) {
    const wanted = new Map(Object.entries(sizes)).get(name);
    if (sizeMiB !== null && wanted !== undefined && wanted < sizeMiB)
      throw wouldShrink(name, sizeMiB, wanted);
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw manifestNotText();
  }
}
