// SPDX-License-Identifier: Apache-2.0
import type { Config } from "./config.ts";

/** The endpoints that the daemon reads the chain through, the preferred one first: `rpcUrls`, else `rpcUrl` alone. */
export function daemonEndpoints(config: Config): readonly string[] {
  return config.get("rpcUrls")?.split(",") ?? [config.require("rpcUrl")];
}

/** The endpoint for a command of ours: `rpcUrl`, else the first of `rpcUrls`. Throws UserError E_CONFIG_MISSING. */
export function commandEndpoint(config: Config): string {
  return config.get("rpcUrl") ?? config.get("rpcUrls")?.split(",")[0] ?? config.require("rpcUrl");
}
