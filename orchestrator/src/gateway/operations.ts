// SPDX-License-Identifier: Apache-2.0
import { fastify, type FastifyInstance } from "fastify";
import type { Metrics } from "../observability/metrics.ts";
import type { Health } from "../ports/health.ts";
import { guardDoors } from "./doors.ts";
import { healthRoutes } from "./health-routes.ts";
import { listen } from "./listen.ts";
import { answerTo, routeUnknown } from "./refusals.ts";

/** Where figures are served: this machine alone. They tell how a provider does, which is nobody else's business. */
const HOST = "127.0.0.1";
const DOOR = { name: "The door for health and figures", settings: "BERTH_METRICS_PORT" };

/** What the door tells. */
export interface Operations extends Health {
  readonly metrics: Pick<Metrics, "text" | "contentType">;
}

/** The provider's own door: health and figures, for the machine's supervisor and its collector of metrics. */
export function createOperations(told: Operations): {
  readonly app: FastifyInstance;
  /** Null: it stays shut. Throws as `listen`. */
  listen(port: number | null): Promise<void>;
  close(): Promise<void>;
} {
  const app = fastify({ forceCloseConnections: true });
  guardDoors(app, [], [HOST, "localhost"]);
  healthRoutes(app, told);
  app.get("/metrics", async (_request, reply) =>
    reply.type(told.metrics.contentType).send(await told.metrics.text()),
  );
  app.setNotFoundHandler(() => {
    throw routeUnknown();
  });
  app.setErrorHandler((error, _request, reply) => {
    const { status, body } = answerTo(error);
    return reply.code(status).send(body);
  });
  return {
    app,
    listen: async (port) => {
      if (port !== null) await listen(app, { host: HOST, port }, DOOR);
    },
    close: () => app.close(),
  };
}
