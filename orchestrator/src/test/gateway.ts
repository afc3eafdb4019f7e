// SPDX-License-Identifier: Apache-2.0
import {
  canonicalManifestText,
  gatewayErrorSchema,
  gatewayRequestTypedData,
  signGatewayRequest,
  type GatewayRequest,
  type ManifestDocument,
} from "@berth/sdk";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { keccak256, recoverTypedDataAddress, stringToBytes, type PrivateKeyAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { AcceptanceRules } from "../domain/acceptance.ts";
import type { Check, StalledLoop } from "../domain/health.ts";
import type { GatewayParts } from "../gateway/parts.ts";
import { Uploads } from "../gateway/uploads.ts";
import { createGateway } from "../gateway/server.ts";
import { provider } from "./builders.ts";
import { Daemon, identity } from "./daemon.ts";

export const lease = 7n;

/** What a test may ask otherwise than an honest tenant would. */
export interface Asking {
  readonly method?: "GET" | "PUT" | "OPTIONS";
  readonly path?: string;
  readonly body?: string;
  readonly signer?: PrivateKeyAccount;
  /** What is signed instead of what is sent. */
  readonly signed?: Partial<GatewayRequest>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A gateway in front of a daemon, and the tenant of lease 7. */
export class GatewayWorld {
  readonly daemon: Daemon;
  readonly tenant = privateKeyToAccount(generatePrivateKey());
  readonly woken: string[] = [];
  checks: readonly Check[] = [];
  stalled: readonly StalledLoop[] = [];
  readonly app: FastifyInstance;
  /** Folder of archives on their way in. */
  readonly uploads = join(tmpdir(), `berth-uploads-${randomBytes(8).toString("hex")}`);

  constructor(changes: Partial<GatewayParts> = {}, rules: Partial<AcceptanceRules> = {}) {
    this.daemon = new Daemon(rules);
    const { market, runtime, journal, clock, log } = this.daemon;
    this.app = createGateway({
      identity,
      provider,
      chain: market,
      runtime,
      journal,
      clock,
      log,
      health: { checks: () => this.checks, stalled: () => this.stalled },
      verify: async (request, signature, tenant) =>
        (await recoverTypedDataAddress({ ...gatewayRequestTypedData(request), signature })) === tenant,
      acceptance: this.daemon.acceptance,
      viewOf: (leaseId) => this.daemon.reconciler.view(leaseId),
      pullOf: (leaseId) => this.daemon.pulls.of(leaseId),
      darkness: () => this.daemon.reconciler.darkness(),
      uploads: new Uploads(this.uploads, clock),
      stopService: (leaseId, service, signal) => runtime.stopContainer(leaseId, service, 1, signal),
      wake: () => this.woken.push("woken"),
      allowedOrigins: ["https://console.example"],
      allowedHosts: ["localhost", "127.0.0.1"],
      ...changes,
    });
  }

  /** Opens lease 7 for the tenant, manifest named on chain and not yet here. */
  open(document: ManifestDocument): void {
    this.daemon.open(lease, { tenant: this.tenant.address }, document, false);
  }

  put(document: ManifestDocument, asking: Asking = {}): Promise<Answered> {
    return this.ask({
      method: "PUT",
      path: `/v1/leases/${lease}/manifest`,
      body: canonicalManifestText(document),
      ...asking,
    });
  }

  async ask({
    method = "GET",
    path = `/v1/leases/${lease}/status`,
    body,
    signer,
    signed,
    headers,
  }: Asking): Promise<Answered> {
    const request: GatewayRequest = {
      ...identity,
      leaseId: lease,
      method,
      path,
      bodyHash: keccak256(stringToBytes(body ?? "")),
      expiresAt: BigInt(Math.floor(this.daemon.clock.now() / 1_000)) + 60n,
      ...signed,
    };
    const proof = await signGatewayRequest(signer ?? this.tenant, request);
    const reply = await this.app.inject({ method, url: path, body, headers: { ...proof, ...headers } });
    const error = gatewayErrorSchema.safeParse(reply.body === "" ? null : parsed(reply.body));
    return {
      status: reply.statusCode,
      code: error.success ? error.data.code : null,
      text: reply.body,
      headers: reply.headers,
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
