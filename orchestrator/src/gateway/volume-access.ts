// SPDX-License-Identifier: Apache-2.0
import { MAX_UPLOAD_PART } from "@berth/sdk";
import type { FastifyRequest } from "fastify";
import { holderOf } from "../domain/holder.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedVolume } from "../domain/observed.ts";
import { admit, type Admitted } from "./authenticate.ts";
import type { GatewayParts } from "./parts.ts";
import { malformed, numberReused, volumeUnknown } from "./refusals.ts";

/** A tenant's own volume, as the daemon last saw it. */
export interface AdmittedVolume extends Admitted {
  readonly volume: ObservedVolume;
}

const NO_BODY = new Uint8Array();
const NAME = /^[a-z0-9][a-z0-9_-]{0,30}$/;

/**
 * Lets the request through if the lease's tenant signed it and the volume is there, and his. The pieces of an archive are named by
 * their checksum in the path, which a machine computes far sooner than that of a signed body.
 */
export async function admitToVolume(
  parts: GatewayParts,
  request: FastifyRequest,
  signal: AbortSignal,
): Promise<AdmittedVolume> {
  const admitted = await admit(parts, request, { isPatient: false, signal, signedBody: NO_BODY });
  const { leaseId, lease } = admitted;
  const holder = parts.journal.holder(leaseId);
  if (holder !== null && holder !== holderOf(lease)) throw numberReused(leaseId);
  return { ...admitted, volume: volumeOf(parts, leaseId, parameterOf(request, "volume")) };
}

function volumeOf(parts: GatewayParts, leaseId: LeaseId, name: string): ObservedVolume {
  if (!NAME.test(name)) throw malformed("The volume's name is none.");
  const view = parts.viewOf(leaseId);
  if (view?.desired.kind === "quarantine") throw numberReused(leaseId);
  const volume = view?.observed?.volumes.find((each) => each.name === name);
  if (volume?.isWhole !== true) throw volumeUnknown(leaseId, name);
  return volume;
}

export function parameterOf({ params }: FastifyRequest, name: string): string {
  const values: unknown = params;
  if (typeof values !== "object" || values === null) return "";
  const value: unknown = (values as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value : "";
}

/** The most bytes that an archive of a volume of this size can have: names and checksums take some beside the data. */
export function mostBytes(sizeMiB: number): number {
  return Math.ceil(sizeMiB * 1024 ** 2 * 1.25) + 16 * MAX_UPLOAD_PART;
}
