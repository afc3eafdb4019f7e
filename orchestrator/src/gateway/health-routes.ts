// SPDX-License-Identifier: Apache-2.0
import type { FastifyInstance } from "fastify";
import type { Check } from "../domain/health.ts";
import type { Health } from "../ports/health.ts";

/**
 * `/livez`: whether the daemon's loops turn; a supervisor may start it anew when they do not. `/readyz`: whether it can do all of its
 * work; a restart mends nothing of what it names. Neither tells anything of a tenant, and neither asks anybody anything.
 */
export function healthRoutes(app: FastifyInstance, health: Health): void {
  app.get("/livez", async (_request, reply) => {
    const stalled = health.stalled();
    const live = stalled.length === 0;
    return reply.code(live ? 200 : 503).send({ live, stalled });
  });
  app.get("/readyz", async (_request, reply) => {
    const checks = health.checks();
    const failing = checks.filter(({ state }) => state === "failing").map(told);
    const unknown = checks.filter(({ state }) => state === "unknown").map(told);
    const warnings = checks.filter(({ state }) => state === "warning").map(told);
    const ready = failing.length + unknown.length === 0;
    return reply.code(ready ? 200 : 503).send({ ready, failing, unknown, warnings });
  });
}

function told({ name, since, what, atRisk, next }: Check) {
  return { check: name, since: new Date(since).toISOString(), what, atRisk, next };
}
