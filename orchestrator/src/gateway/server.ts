// SPDX-License-Identifier: Apache-2.0
import { BerthError, MAX_UPLOAD_BYTES } from "@berth/sdk";
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { failureOf } from "../domain/failure.ts";
import type { Log } from "../ports/log.ts";
import { guardDoors } from "./doors.ts";
import { healthRoutes } from "./health-routes.ts";
import { logsRoute } from "./logs-route.ts";
import { manifestRoute } from "./manifest-route.ts";
import type { GatewayParts } from "./parts.ts";
import { publicRoutes } from "./public-routes.ts";
import { answerTo, malformed, RETRY_AFTER, routeUnknown, tooLarge } from "./refusals.ts";
import { statusRoute } from "./status-route.ts";
import { volumeExportRoute } from "./volume-export-route.ts";
import { volumeImportRoutes } from "./volume-import-routes.ts";

/** Milliseconds within which a caller must have sent his whole request. */
const REQUEST_TIMEOUT = 30_000;

/**
 * The provider's door for tenants and auditors. It listens once `listen` is called; closing it ends streams that are under way.
 */
export function createGateway(parts: GatewayParts): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_UPLOAD_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 128 },
  });
  const closing = new AbortController();
  app.addHook("preClose", async () => closing.abort(new Error("the gateway closes")));
  takeBodiesAsBytes(app);
  guardDoors(app, parts.allowedOrigins, parts.allowedHosts);
  manifestRoute(app, parts, closing.signal);
  statusRoute(app, parts, closing.signal);
  logsRoute(app, parts, closing.signal);
  volumeExportRoute(app, parts, closing.signal);
  volumeImportRoutes(app, parts, closing.signal);
  publicRoutes(app, parts.journal);
  healthRoutes(app, parts.health);
  app.setNotFoundHandler(() => {
    throw routeUnknown();
  });
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, parts.log));
  return app;
}

/** A signature covers the bytes as they came, whatever they are said to be. */
function takeBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

function refuse(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const error = inOurWords(thrown, request.routeOptions.bodyLimit ?? MAX_UPLOAD_BYTES);
  const { status, body } = answerTo(error);
  const fields = {
    ...leaseOf(request),
    method: request.method,
    route: request.routeOptions.url ?? null,
    status,
  };
  const failure = failureOf(error);
  if (status === 500) log.error({ ...fields, ...failure }, "request failed");
  else log.info({ ...fields, code: failure.code }, "request refused");
  if (status === 503) reply.header("retry-after", RETRY_AFTER);
  return reply.code(status).type("application/json").send(body);
}

/** The lease that the request names, where it names one. */
function leaseOf({ params }: FastifyRequest): { readonly leaseId?: string } {
  const id = typeof params === "object" && params !== null && "id" in params ? String(params.id) : "";
  return /^\d{1,77}$/.test(id) ? { leaseId: id } : {};
}

/** The server's own refusals of what is no request as ours; any other error as it is. */
function inOurWords(error: unknown, limit: number): unknown {
  if (error instanceof BerthError || !(error instanceof Error)) return error;
  if ("code" in error && error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return tooLarge(limit);
  const isCallers = "statusCode" in error && typeof error.statusCode === "number" && error.statusCode < 500;
  return isCallers ? malformed(error.message) : error;
}
