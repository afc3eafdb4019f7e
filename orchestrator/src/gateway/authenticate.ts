// SPDX-License-Identifier: Apache-2.0
import { isGatewayRequestFresh, type LeaseSummary } from "@berth/sdk";
import type { FastifyRequest } from "fastify";
import { keccak256 } from "viem";
import type { LeaseId } from "../domain/identity.ts";
import type { ChainBlock } from "../ports/market-chain.ts";
import type { GatewayParts } from "./parts.ts";
import { leaseUnknown, malformed, notTenant, signatureExpired, signatureMissing } from "./refusals.ts";
import { rememberedLease } from "./remembered.ts";
import { soon } from "./soon.ts";

/** A lease of ours as it is now, or was within the last minute while the chain is dark, whose tenant is the one who asks. */
export interface Admitted {
  readonly leaseId: LeaseId;
  readonly lease: LeaseSummary;
  readonly block: Pick<ChainBlock, "number" | "timestamp">;
}

interface Admission {
  readonly isPatient: boolean;
  readonly signal: AbortSignal;
  readonly signedBody?: Uint8Array;
}

const LONGEST_SIGNATURE = 8_192;

/**
 * Lets the request through if the lease's tenant signed it: this method, path and query, body, for this chain and market, at most
 * five minutes ahead. `isPatient` waits a moment for a lease that no block shows yet; `signedBody` is what was signed as the body, where
 * the path names the body's checksum instead.
 */
export async function admit(
  parts: GatewayParts,
  request: FastifyRequest,
  { isPatient, signal, signedBody = bodyOf(request) }: Admission,
): Promise<Admitted> {
  const leaseId = leaseIdOf(request);
  const { signature, expiresAt } = signatureOf(request);
  const now = BigInt(Math.floor(parts.clock.now() / 1_000));
  if (!isGatewayRequestFresh(expiresAt, now)) throw signatureExpired(expiresAt, now);
  const look = (): Promise<Admitted | null> =>
    ourLease(parts, leaseId, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return rememberedLease(parts, leaseId, error);
    });
  const admitted = isPatient ? await soon(parts.clock, look, signal) : await look();
  if (admitted === null) throw leaseUnknown(leaseId);
  const signed = {
    ...parts.identity,
    leaseId,
    method: request.method,
    path: request.raw.url ?? request.url,
    bodyHash: keccak256(signedBody),
    expiresAt,
  };
  if (!(await parts.verify(signed, signature, admitted.lease.tenant, signal))) throw notTenant(leaseId);
  return admitted;
}

/** The bytes of the body, none where there is no body. */
export function bodyOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

async function ourLease(
  parts: GatewayParts,
  leaseId: LeaseId,
  signal: AbortSignal,
): Promise<Admitted | null> {
  const block = await parts.chain.head(signal);
  const lease = (await parts.chain.leases([leaseId], block, signal)).get(leaseId);
  const isOurs = lease?.provider.toLowerCase() === parts.provider.toLowerCase();
  return lease !== undefined && lease.status !== "none" && isOurs ? { leaseId, lease, block } : null;
}

function leaseIdOf({ params }: FastifyRequest): LeaseId {
  const id = typeof params === "object" && params !== null && "id" in params ? String(params.id) : "";
  if (!/^[1-9]\d{0,76}$/.test(id)) throw malformed("The lease's number is not a whole number above 0.");
  return BigInt(id);
}

function signatureOf({ headers }: FastifyRequest): { signature: `0x${string}`; expiresAt: bigint } {
  const expires = headers["x-berth-expires"];
  const signature = headers["x-berth-signature"];
  if (typeof expires !== "string" || !/^\d{1,20}$/.test(expires)) throw signatureMissing();
  if (typeof signature !== "string" || !isSignature(signature)) throw signatureMissing();
  return { signature, expiresAt: BigInt(expires) };
}

function isSignature(text: string): text is `0x${string}` {
  return text.length <= LONGEST_SIGNATURE && /^0x([0-9a-f]{2})+$/i.test(text);
}
