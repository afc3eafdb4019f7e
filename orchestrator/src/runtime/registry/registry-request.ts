// SPDX-License-Identifier: Apache-2.0
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { isPublicAddress, lookupPublic, NOT_PUBLIC } from "./public-address.ts";

/** The largest manifest that is read; a longer answer is cut off, as unreadable. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export interface RegistryRequest {
  readonly url: URL;
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it may be at an address of the provider's own network. */
  readonly isLocal: boolean;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

export interface RegistryAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Asks a registry, or whom it sends for a token, once: no redirect is followed. Rejects with the error of the connection, its code
 * E_ADDRESS_NOT_PUBLIC for a host of the provider's own network, or with the signal's reason. An answer that changes the protocol is none:
 * it ends in nothing but the close.
 */
export async function askRegistry(request: RegistryRequest): Promise<RegistryAnswer> {
  const { url, method, headers, isLocal, limitMs, signal } = request;
  signal.throwIfAborted();
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!isLocal && isIP(host) !== 0 && !isPublicAddress(host))
    throw Object.assign(new Error(NOT_PUBLIC), { code: NOT_PUBLIC });
  const end = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const open = url.protocol === "http:" ? httpRequest : httpsRequest;
  const lookup = isLocal ? {} : { lookup: lookupPublic };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    open(url, { method, headers, signal: end, agent: false, ...lookup })
      .once("response", resolve)
      .once("error", reject)
      .once("close", () => reject(Object.assign(new Error("no answer"), { code: "ECONNRESET" })))
      .end();
  }).catch((error: unknown) => {
    throw end.aborted ? end.reason : error;
  });
  try {
    return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) };
  } catch (error) {
    throw end.aborted ? end.reason : error;
  }
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new Error("its answer is too long");
    parts.push(part);
  }
  return Buffer.concat(parts);
}
