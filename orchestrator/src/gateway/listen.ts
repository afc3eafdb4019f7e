// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { FastifyInstance } from "fastify";

/** A door of the daemon, and the settings that say where it is. */
export interface Door {
  readonly name: string;
  readonly settings: string;
}

const GATEWAY: Door = { name: "The gateway", settings: "BERTH_GATEWAY_PORT or BERTH_GATEWAY_HOST" };

/** Begins to listen and answers the address, `http://host:port`; UserError E_GATEWAY_ADDRESS when that cannot be had. */
export async function listen(
  gateway: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
  { name, settings }: Door = GATEWAY,
): Promise<string> {
  try {
    return await gateway.listen({ host, port });
  } catch (cause) {
    throw new UserError("E_GATEWAY_ADDRESS", `${name} cannot listen on ${host}:${port}.`, {
      atRisk: "nothing: the daemon does not start",
      next: `Free the port, or give another one in ${settings}.`,
      facts: { host, port: String(port) },
      cause,
    });
  }
}
