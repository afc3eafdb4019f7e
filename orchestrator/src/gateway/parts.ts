// SPDX-License-Identifier: Apache-2.0
import type { GatewayRequest } from "@berth/sdk";
import type { AcceptanceRules } from "../domain/acceptance.ts";
import type { Failure } from "../domain/failure.ts";
import type { LeaseId, MarketIdentity } from "../domain/identity.ts";
import type { LeaseView } from "../domain/lease-view.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Health } from "../ports/health.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { MarketChain } from "../ports/market-chain.ts";

import type { Uploads } from "./uploads.ts";

export interface GatewayParts {
  readonly identity: MarketIdentity;
  readonly provider: `0x${string}`;
  readonly acceptance: AcceptanceRules;
  readonly chain: Pick<MarketChain, "head" | "leases" | "events" | "offerResources" | "offerMetadata">;
  readonly runtime: Pick<
    ContainerRuntime,
    "logs" | "observeContainers" | "ownUser" | "readVolume" | "replaceVolume"
  >;
  readonly uploads: Uploads;
  /** Stops a service as the daemon's own doing: it is started again when it should run. */
  readonly stopService: (leaseId: LeaseId, service: string, signal: AbortSignal) => Promise<void>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  /** Whether the tenant, or his contract wallet, signed the request. */
  readonly verify: (
    request: GatewayRequest,
    signature: `0x${string}`,
    tenant: `0x${string}`,
    signal: AbortSignal,
  ) => Promise<boolean>;
  /** What the daemon last saw of a lease; null before its first look. */
  readonly viewOf: (leaseId: LeaseId) => LeaseView | null;
  /** How far the pull of a lease's image has come; null while nothing is pulled. */
  readonly pullOf: (leaseId: LeaseId) => string | null;
  /** Why the daemon decides nothing at the moment, null while it does. */
  readonly darkness: () => Failure | null;
  /** Called when a manifest has come in. */
  readonly wake: () => void;
  /** Web origins whose pages may ask. */
  readonly allowedOrigins: readonly string[];
  /** Names under which the gateway is asked for, without ports. */
  readonly allowedHosts: readonly string[];
}
