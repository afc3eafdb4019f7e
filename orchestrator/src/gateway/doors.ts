// SPDX-License-Identifier: Apache-2.0
import type { FastifyInstance } from "fastify";
import { hostRefused, originRefused } from "./refusals.ts";

const ALLOWED_HEADERS = "content-type, x-berth-expires, x-berth-signature";

/**
 * Turns away what a web page of a stranger could send: a foreign Origin, and a name that was bent to this address. Pages of the
 * allowed origins may read the answers. No request is ever known by a cookie.
 */
export function guardDoors(
  app: FastifyInstance,
  allowedOrigins: readonly string[],
  allowedHosts: readonly string[],
): void {
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  app.addHook("onRequest", async (request, reply) => {
    const { origin } = request.headers;
    const host = hostName(request.headers.host ?? "");
    if (!hosts.has(host)) throw hostRefused(host);
    if (origin === undefined) return;
    if (!allowedOrigins.includes(origin)) throw originRefused(origin);
    reply.header("access-control-allow-origin", origin).header("vary", "origin");
  });
  app.options("/*", async (_request, reply) =>
    reply
      .code(204)
      .header("access-control-allow-methods", "GET, PUT")
      .header("access-control-allow-headers", ALLOWED_HEADERS)
      .send(),
  );
}

/** Names under which a gateway is asked for that listens on `host` and is published at `endpoint`. */
export function hostNames(host: string, endpoint: string | null): readonly string[] {
  const published = endpoint === null ? [] : [hostName(new URL(endpoint).host)];
  return ["127.0.0.1", "localhost", "[::1]", hostName(host), ...published];
}

/** A host without its port, in lower case. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}
