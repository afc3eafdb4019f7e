// SPDX-License-Identifier: Apache-2.0
import type { FastifyInstance } from "fastify";
import type { Journal } from "../ports/journal.ts";
import { usageUnknown } from "./refusals.ts";

/** What anybody may ask for: the figures behind a report. */
export function publicRoutes(app: FastifyInstance, journal: Pick<Journal, "usageTree">): void {
  app.get<{ Params: { root: string } }>("/v1/usage/:root", async ({ params }, reply) => {
    const root = params.root.toLowerCase();
    const dump = isHash(root) ? journal.usageTree(root) : null;
    if (dump === null) throw usageUnknown(params.root.slice(0, 66));
    return reply.type("application/json").send(dump);
  });
}

function isHash(text: string): text is `0x${string}` {
  return /^0x[0-9a-f]{64}$/.test(text);
}
