// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { FastifyInstance } from "fastify";

/** Begins to listen and answers the address, `http://host:port`; UserError E_GATEWAY_ADDRESS when that cannot be had. */
export async function listen(
  gateway: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await gateway.listen({ host, port });
  } catch (cause) {
    throw new UserError("E_GATEWAY_ADDRESS", `The gateway cannot listen on ${host}:${port}.`, {
      atRisk: "nothing: the daemon does not start",
      next: "Free the port, or give another one in BERTH_GATEWAY_PORT or BERTH_GATEWAY_HOST.",
      facts: { host, port: String(port) },
      cause,
    });
  }
}
