// SPDX-License-Identifier: Apache-2.0
import { BerthError, RetryableError, UserError, type GatewayErrorBody } from "@berth/sdk";
import type { LeaseRefusal } from "../domain/desired.ts";
import { NUMBER_REUSED } from "../domain/holder.ts";
import type { LeaseId } from "../domain/identity.ts";

const NOTHING_LOST = "nothing: the lease and its money are on the chain";

/** HTTP status of an error, where it is not the usual one of its kind. */
const STATUSES: Readonly<Record<string, number>> = {
  E_SIGNATURE_MISSING: 401,
  E_SIGNATURE_EXPIRED: 401,
  E_NOT_TENANT: 403,
  E_TENANT_NOT_SERVED: 403,
  E_TENANT_LEASES_TOO_MANY: 409,
  E_ORIGIN_REFUSED: 403,
  E_HOST_REFUSED: 403,
  E_LEASE_UNKNOWN: 404,
  E_SERVICE_UNKNOWN: 404,
  E_USAGE_UNKNOWN: 404,
  E_ROUTE_UNKNOWN: 404,
  E_LEASE_CLOSED: 409,
  E_LEASE_NUMBER_REUSED: 409,
  E_MANIFEST_HASH: 409,
  E_MANIFEST_TOO_LARGE: 413,
  E_VOLUME_UNKNOWN: 404,
  E_VOLUME_IN_USE: 409,
  E_VOLUME_BUSY: 409,
  E_VOLUME_SHRINK: 409,
  E_UPLOAD_OFFSET: 409,
  E_UPLOAD_TOO_LARGE: 413,
};

/** Seconds after which whoever was told to try again may. */
export const RETRY_AFTER = 30;

/** An error as an HTTP answer; whatever is not meant for the caller is told as E_INTERNAL, without details. */
export function answerTo(error: unknown): { readonly status: number; readonly body: GatewayErrorBody } {
  if (!(error instanceof BerthError) || !(error instanceof UserError || error instanceof RetryableError)) {
    return { status: 500, body: INTERNAL };
  }
  const { code, message, atRisk, next, facts } = error;
  const status = STATUSES[code] ?? (error.retryable ? 503 : 400);
  return { status, body: { code, message, atRisk, next, facts: { ...facts } } };
}

const INTERNAL: GatewayErrorBody = {
  code: "E_INTERNAL",
  message: "The gateway failed over this request.",
  atRisk: NOTHING_LOST,
  next: "Try again; if it stays so, tell the provider when it happened.",
  facts: {},
};

function refusal(code: string, message: string, next: string, facts: Record<string, string> = {}): UserError {
  return new UserError(code, message, { atRisk: NOTHING_LOST, next, facts });
}

export function signatureMissing(): UserError {
  const next = "Sign the request as the lease's tenant and send x-berth-expires and x-berth-signature.";
  return refusal("E_SIGNATURE_MISSING", "The request carries no signature that can be read.", next);
}

export function signatureExpired(expiresAt: bigint, now: bigint): UserError {
  const message = "The signed request has expired, or was made to live longer than five minutes.";
  const next = "Sign it anew; if that does not help, set this machine's clock.";
  return refusal("E_SIGNATURE_EXPIRED", message, next, { expiresAt: String(expiresAt), now: String(now) });
}

export function notTenant(leaseId: LeaseId): UserError {
  const next = "Use the wallet that opened the lease, on the lease's chain and market.";
  return refusal("E_NOT_TENANT", `The request is not signed by the tenant of lease ${leaseId}.`, next);
}

/** Whose lease it is cannot be told; that is no word against whoever asks. */
export function chainDark(leaseId: LeaseId, cause: BerthError): RetryableError {
  return new RetryableError(
    "E_CHAIN_DARK",
    `The provider's chain does not answer (${cause.code}), and he last saw lease ${leaseId} more than a minute ago, or never.`,
    {
      atRisk: NOTHING_LOST,
      next: "Try again in half a minute: what runs goes on running meanwhile.",
      facts: { leaseId: String(leaseId) },
      cause,
    },
  );
}

export function leaseUnknown(leaseId: LeaseId): UserError {
  const message = `This provider's chain shows no lease ${leaseId} of his.`;
  const next = "If it was opened just now, try again in a second; else check the number and the provider.";
  return refusal("E_LEASE_UNKNOWN", message, next, { leaseId: String(leaseId) });
}

export function numberReused(leaseId: LeaseId): UserError {
  const next = "Wait until your lease is begun; its status tells.";
  return refusal(NUMBER_REUSED.code, NUMBER_REUSED.message, next, { leaseId: String(leaseId) });
}

export function leaseClosed(leaseId: LeaseId): UserError {
  return refusal("E_LEASE_CLOSED", `Lease ${leaseId} is closed.`, "Open a new one.");
}

const NOT_TAKEN: Readonly<Record<LeaseRefusal["code"], string>> = {
  E_TENANT_NOT_SERVED:
    "Lease from another provider. This lease is given back with all of its money; you may close it at once yourself.",
  E_TENANT_LEASES_TOO_MANY:
    "Close one of your leases with this provider and open a new one. This one is given back with all of its money, unless one of the " +
    "others ends first: then send the manifest again.",
};

/** The provider's rules do not take the lease. */
export function leaseNotTaken({ leaseId, code, message }: LeaseRefusal): UserError {
  const next = NOT_TAKEN[code] ?? "Lease from another provider.";
  return refusal(code, message, next, { leaseId: String(leaseId) });
}

export function manifestDiffers(leaseId: LeaseId, actual: string, expected: string): UserError {
  const message = `The manifest is not the one that lease ${leaseId} names: its hash is ${actual}, not ${expected}.`;
  const next = "Send the document that the lease was opened with, or name this one with setManifest first.";
  return refusal("E_MANIFEST_HASH", message, next, { actual, expected });
}

export function manifestNotText(): UserError {
  return refusal("E_MANIFEST_SYNTAX", "The manifest is not UTF-8 text.", "Send the canonical JSON text.");
}

export function tooLarge(limit: number): UserError {
  const next = "Put files and large values into the image.";
  return refusal("E_MANIFEST_TOO_LARGE", `The request is larger than ${limit} bytes.`, next);
}

export function malformed(why: string): UserError {
  return refusal("E_REQUEST_MALFORMED", why, "Correct the request.");
}

export function serviceUnknown(leaseId: LeaseId, service: string | null): UserError {
  const what = service === null ? "no service" : `no service ${service}`;
  const next = "Ask for the lease's status; a service has logs once its container exists.";
  return refusal("E_SERVICE_UNKNOWN", `Lease ${leaseId} has ${what} with a container.`, next);
}

export function usageUnknown(root: string): UserError {
  const next = "Take the root from a report of this provider; one of an earlier journal may be lost.";
  return refusal("E_USAGE_UNKNOWN", `No usage tree with the root ${root} is kept here.`, next);
}

export function routeUnknown(): UserError {
  return refusal("E_ROUTE_UNKNOWN", "There is nothing at this address.", "Check path and method.");
}

export function originRefused(origin: string): UserError {
  const next = "The provider may name the origin in BERTH_ALLOWED_ORIGINS.";
  return refusal("E_ORIGIN_REFUSED", `Pages of ${origin} may not ask this gateway.`, next);
}

export function hostRefused(host: string): UserError {
  const next = "Use the address that the provider published; he sets it in BERTH_PUBLIC_ENDPOINT.";
  return refusal("E_HOST_REFUSED", `This gateway does not answer under the name "${host}".`, next);
}

export function volumeUnknown(leaseId: LeaseId, volume: string): UserError {
  const next = "Name a volume of the manifest, once the workload was begun; `berth status` tells.";
  return refusal("E_VOLUME_UNKNOWN", `Lease ${leaseId} has no volume ${volume} that is there.`, next);
}

export function workloadWrites(leaseId: LeaseId, word: "live" | "stop"): UserError {
  const message = `The workload of lease ${leaseId} runs, and may write to the volume.`;
  const next =
    word === "live"
      ? "Export while it rests, or with --live: what is written meanwhile may be in it by half."
      : "Import while it rests, or with --stop: its services are stopped for it, and started again.";
  return refusal("E_VOLUME_IN_USE", message, next, { leaseId: String(leaseId) });
}

export function notBounded(volume: string): UserError {
  const next = "Use a provider that bounds volumes: only those can be replaced in one step.";
  return refusal("E_VOLUME_NOT_REPLACEABLE", `Volume ${volume} cannot be imported into.`, next);
}

/** The volume stays as it is, and so does what runs. */
export function wouldShrink(volume: string, sizeMiB: number, wantedMiB: number): UserError {
  const message = `Volume ${volume} has ${sizeMiB} MiB and would get ${wantedMiB}: a volume can grow, and cannot shrink.`;
  const next =
    "Write its size under volumes as x-berth: { size: ... }, at least as large as it is; or give another volume another name.";
  const facts = { volume, sizeMiB: String(sizeMiB), wantedMiB: String(wantedMiB) };
  return refusal("E_VOLUME_SHRINK", message, next, facts);
}

export function uploadElsewhere(received: number): UserError {
  const next = "Go on from there.";
  const facts = { received: String(received) };
  return refusal("E_UPLOAD_OFFSET", `${received} bytes of the archive are here.`, next, facts);
}

export function uploadTooLarge(most: number): UserError {
  const next = "Let the volume grow first.";
  return refusal("E_UPLOAD_TOO_LARGE", `An archive for this volume has at most ${most} bytes.`, next);
}

export function uploadNotWhole(): UserError {
  const next = "Send it anew, from its first byte.";
  return refusal("E_UPLOAD_NOT_WHOLE", "What was sent is not the archive that was named.", next);
}

export function storageFull(): RetryableError {
  return new RetryableError(
    "E_STORAGE_EXHAUSTED",
    "The provider has no disk for the archive at the moment.",
    {
      atRisk: NOTHING_LOST,
      next: "Try again later; what was sent is kept for a day.",
    },
  );
}
