// SPDX-License-Identifier: Apache-2.0
import { type Address, keccak256, stringToBytes } from "viem";
import { redactUrl } from "../rpc-errors.ts";
import type { ManifestSecrets } from "../manifest/secrets.ts";
import type { ManifestDocument } from "../manifest/types.ts";
import { manifestUploadText } from "../manifest/upload.ts";
import { type Answer, errorFrom, linesOf, parseJson, readText, unreachable, unreadable } from "./answers.ts";
import {
  type GatewayLogLine,
  gatewayLogLineSchema,
  type GatewayStatus,
  gatewayStatusSchema,
} from "./bodies.ts";
import { volumeTransfers, type VolumeTransfers } from "./volumes.ts";
import { type GatewaySigner, signGatewayRequest } from "./sign.ts";

/** How long a request that this client signs counts, in seconds. */
const REQUEST_LIFETIME = 60n;

export interface GatewayClientOptions {
  /** The gateway's address, as the provider published it. */
  readonly endpoint: string;
  readonly chainId: number;
  readonly market: Address;
  readonly leaseId: bigint;
  readonly signer: GatewaySigner;
  /** Seconds since 1970. */
  readonly now: () => bigint;
  readonly fetch?: typeof fetch;
}

export interface LogQueryOptions {
  /** All services where unsaid. */
  readonly service?: string;
  /** How many of the last lines to begin with. */
  readonly tail?: number;
  /** Goes on with new lines until the signal. */
  readonly follow?: boolean;
}

/**
 * A tenant's line to his provider. Refusals are UserErrors with the gateway's own words; a gateway that cannot be reached is a
 * RetryableError E_GATEWAY_UNREACHABLE; an answer that is not a gateway's a PermanentError.
 */
export interface GatewayClient {
  /**
   * Hands over what to run, whose hash must be the one that the lease names, and what only the provider may know; the last upload counts,
   * also where it has no secrets.
   */
  putManifest(
    document: ManifestDocument,
    signal?: AbortSignal,
    secrets?: ManifestSecrets | null,
  ): Promise<void>;
  status(signal?: AbortSignal): Promise<GatewayStatus>;
  logs(query: LogQueryOptions, signal: AbortSignal): AsyncIterable<GatewayLogLine>;
  readonly volumes: VolumeTransfers;
}

interface Call {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** True where the path names the body's checksum, so that nothing else of it is signed. */
  readonly isBodyNamed?: boolean;
  readonly signal?: AbortSignal;
}

export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const origin = redactUrl(options.endpoint);
  const base = `/v1/leases/${options.leaseId}`;
  const send = (call: Call): Promise<Answer> => request(options, origin, call);
  return {
    volumes: volumeTransfers(base, origin, send),
    putManifest: async (document, signal, secrets = null) => {
      const body = new Uint8Array(stringToBytes(manifestUploadText(document, secrets)));
      const { response } = await send({ method: "PUT", path: `${base}/manifest`, body, signal });
      await response.body?.cancel();
    },
    status: async (signal) => {
      const answer = await send({ method: "GET", path: `${base}/status`, signal });
      const parsed = gatewayStatusSchema.safeParse(parseJson(await readText(answer)));
      if (!parsed.success) throw unreadable(origin, "is not a status");
      return parsed.data;
    },
    logs: async function* (query, signal) {
      const answer = await send({ method: "GET", path: `${base}/logs${logParameters(query)}`, signal });
      for await (const line of linesOf(answer)) yield parseLine(line, origin);
    },
  };
}

async function request(
  { endpoint, chainId, market, leaseId, signer, now, fetch: fetchFn = fetch }: GatewayClientOptions,
  origin: string,
  { method, path, body, isBodyNamed, signal }: Call,
): Promise<Answer> {
  const bodyHash = keccak256(isBodyNamed === true || body === undefined ? new Uint8Array() : body);
  const expiresAt = now() + REQUEST_LIFETIME;
  const signed = { chainId, market, leaseId, method, path, bodyHash, expiresAt };
  const headers: Record<string, string> = { ...(await signGatewayRequest(signer, signed)) };
  if (body !== undefined) headers["content-type"] = "application/json";
  const url = endpoint.replace(/\/+$/, "") + path;
  const response = await fetchFn(url, { method, headers, body, signal, redirect: "error" }).catch(
    (cause: unknown) => {
      signal?.throwIfAborted();
      throw unreachable(origin, cause);
    },
  );
  const answer = { response, origin, signal };
  if (response.ok) return answer;
  throw await errorFrom(answer);
}

function logParameters({ service, tail, follow }: LogQueryOptions): string {
  const parameters = new URLSearchParams();
  if (service !== undefined) parameters.set("service", service);
  if (tail !== undefined) parameters.set("tail", String(tail));
  if (follow !== undefined) parameters.set("follow", String(follow));
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}

function parseLine(line: string, origin: string): GatewayLogLine {
  const parsed = gatewayLogLineSchema.safeParse(parseJson(line));
  if (!parsed.success) throw unreadable(origin, "holds a line that is no log line");
  return parsed.data;
}
