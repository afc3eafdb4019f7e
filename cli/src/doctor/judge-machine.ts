// SPDX-License-Identifier: Apache-2.0
import type { Finding } from "./finding.ts";
import { failing, ok, unknown, warning } from "./finding.ts";
import type { Stray } from "./probe-strays.ts";

const GIB = 1024 ** 3;
const SCARCE = 5 * GIB;
const TOO_LITTLE = GIB / 2;
/** The engine's API that the daemon speaks. */
const LEAST_API = 1.41;
const RUN = "berth provider run";

export interface EngineFact {
  readonly version: string;
  readonly apiVersion: string;
}

export function judgeEngine({ version, apiVersion }: EngineFact): Finding {
  if (Number(apiVersion) >= LEAST_API) return ok("engine", `Docker Engine ${version}`);
  return failing(
    "engine",
    `Docker Engine ${version} is too old: API ${apiVersion}`,
    "install Docker Engine 20.10 or later",
  );
}

/** Whether each container's process is one that the engine knows. Nobody here ends any: another engine on this machine has its own. */
export function judgeStrays(strays: readonly Stray[]): Finding {
  const check = "container processes";
  if (strays.length === 0) return ok(check, "each is of a container that the engine lists");
  const named = strays.map(({ pid, containerId }) => `${pid} (container ${containerId.slice(0, 12)})`);
  return warning(
    check,
    `of containers that the engine does not list: ${named.join(", ")}`,
    `ps -o pid,lstart,args -p ${strays.map(({ pid }) => pid).join(",")}; unless they are another engine's, a restart of the machine ends them`,
  );
}

export interface FolderFact {
  readonly path: string;
  readonly isWritable: boolean;
  readonly freeBytes: number;
}

export function judgeFolder({ path, isWritable, freeBytes }: FolderFact): Finding {
  if (!isWritable) return failing("data folder", `${path} cannot be written`, `chown -R "$(id -un)" ${path}`);
  const says = `${path}, ${(freeBytes / GIB).toFixed(1)} GiB free`;
  const fix = "docker system df, then docker image prune";
  if (freeBytes < TOO_LITTLE) return failing("data folder", says, fix);
  return freeBytes < SCARCE ? warning("data folder", says, fix) : ok("data folder", says);
}

/** What answers at an address: the daemon, something else, nobody. */
export type Listener = "daemon" | "stalled" | "stranger" | "nobody";

export interface GatewayFact {
  readonly address: string;
  readonly listener: Listener;
  /** Checks of the daemon's own that are not well, in its words. */
  readonly complaints: readonly string[];
}

export function judgeGateway({ address, listener, complaints }: GatewayFact): Finding {
  const check = "gateway";
  if (listener === "nobody")
    return warning(check, `nobody listens at ${address}: the daemon is not running`, RUN);
  if (listener === "stranger") {
    const port = address.split(":").at(-1) ?? "";
    return failing(
      check,
      `another program listens at ${address}`,
      `ss -ltnp 'sport = :${port}', or set BERTH_GATEWAY_PORT`,
    );
  }
  if (listener === "stalled") {
    return failing(
      check,
      `the daemon at ${address} stands still`,
      "stop it and start it anew; workloads outlive it",
    );
  }
  if (complaints.length === 0) return ok(check, `the daemon answers at ${address}`);
  return failing(check, `the daemon says: ${complaints.join(" ")}`, `curl -s http://${address}/readyz`);
}

export interface EndpointFact {
  readonly configured: string;
  /** Null where the provider has said nothing. */
  readonly onChain: string | null;
  readonly listener: Listener;
}

/** Whether tenants find the gateway; a daemon that does not run is found by nobody. */
export function judgeEndpoint(market: string, fact: EndpointFact, isRunning: boolean): Finding {
  const check = "public endpoint";
  const { configured, onChain, listener } = fact;
  if (onChain !== null && trimmed(onChain) !== trimmed(configured)) {
    const fix = `cast send ${market} 'setEndpoint(string)' ${configured} --rpc-url "$BERTH_RPC_URL" --interactive`;
    return failing(check, `tenants are told ${onChain}, not ${configured}`, fix);
  }
  if (listener === "daemon" || listener === "stalled") return ok(check, `${configured} reaches the daemon`);
  if (!isRunning) return unknown(check, "the daemon is not running");
  return failing(
    check,
    `${configured} does not reach the daemon`,
    `curl -v ${trimmed(configured)}/livez, then see to DNS, firewall and proxy`,
  );
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
