// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { CloseCause, ContractCall, GatewayStatus, Market } from "@berth/sdk";
import {
  connectMarket,
  manifestHash,
  marketCalls,
  parseManifestDocument,
  verifyGatewayRequest,
} from "@berth/sdk";
import type { Hex } from "viem";
import { createPublicClient, http, isHex, keccak256 } from "viem";
import { succeed } from "../../../test/helpers/viem-market.ts";
import type { MarketWorld } from "./market-world.ts";

/** What the gateway does with a manifest: starts the lease, closes it with a cause, refuses it, or breaks. */
export type GatewayTemper = "start" | "refuse" | "break" | { readonly decline: CloseCause };

/** A provider's gateway, played by a test: it believes nothing that the lease's tenant has not signed. */
export interface GatewayStub {
  readonly url: string;
  /** Hashes of the manifests that came in, by lease. */
  readonly manifests: ReadonlyMap<bigint, Hex>;
  /** How many requests were turned away because of their signature. */
  readonly turnedAway: () => number;
  behave(temper: GatewayTemper): void;
  stop(): Promise<void>;
}

/** What the workload writes: colours, a title for the terminal, and text that reads backwards. */
export const NASTY_LINE = "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u202egnp";

interface State {
  readonly world: MarketWorld;
  readonly market: Market;
  readonly manifests: Map<bigint, Hex>;
  temper: GatewayTemper;
  turnedAway: number;
  port: number;
}

/** Starts one on a free port. */
export async function startGatewayStub(world: MarketWorld): Promise<GatewayStub> {
  const client = createPublicClient({ transport: http(world.url) });
  const market = await connectMarket({ client, address: world.market, chainId: 31_337 });
  const state: State = { world, market, manifests: new Map(), temper: "start", turnedAway: 0, port: 0 };
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) =>
      refuse(response, 500, "E_INTERNAL", String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.port = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${state.port}`,
    manifests: state.manifests,
    turnedAway: () => state.turnedAway,
    behave: (temper) => {
      state.temper = temper;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const path = request.url ?? "";
  const [, id, route = ""] = /^\/v1\/leases\/(\d+)\/(\w+)/.exec(path) ?? [];
  const leaseId = BigInt(id ?? 0);
  if (!(await isTenants(state, request, leaseId, path, body))) {
    state.turnedAway += 1;
    return refuse(response, 403, "E_NOT_TENANT", "Not signed by the tenant.");
  }
  if (route === "manifest") return takeManifest(state, leaseId, body, response);
  if (route === "logs") return sendLogs(response, path.includes("follow=true"));
  const status = await statusOf(state, leaseId);
  response.setHeader("content-type", "application/json").end(JSON.stringify(status));
}

async function isTenants(
  { market }: State,
  { headers, method = "" }: IncomingMessage,
  leaseId: bigint,
  path: string,
  body: Buffer,
): Promise<boolean> {
  const signature = headers["x-berth-signature"];
  if (!isHex(signature)) return false;
  const { tenant } = await market.leaseSummary(leaseId);
  const expiresAt = BigInt(String(headers["x-berth-expires"]));
  const { chainId, address } = market;
  const signed = { chainId, market: address, leaseId, method, path, bodyHash: keccak256(body), expiresAt };
  return verifyGatewayRequest(market.client, signed, signature, tenant);
}

async function takeManifest(
  state: State,
  leaseId: bigint,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { temper, manifests } = state;
  if (temper === "break") return refuse(response, 503, "E_BUSY", "The gateway is busy.");
  if (temper === "refuse") return refuse(response, 409, "E_MANIFEST_HASH", "The manifest is not the one.");
  manifests.set(leaseId, manifestHash(parseManifestDocument(body.toString("utf8"))));
  await decide(state, leaseId, temper);
  response.writeHead(204).end();
}

async function decide(
  { world, market }: State,
  leaseId: bigint,
  temper: "start" | { decline: CloseCause },
): Promise<void> {
  const { instance } = await market.providerOf(world.actors.owner.address);
  const calls = marketCalls(market.address);
  const call =
    temper === "start"
      ? calls.start(instance, [leaseId])
      : calls.closeByProvider(instance, [leaseId], temper.decline);
  const account = world.actors.operator.address;
  const hash = await world.client.writeContract({ ...(call as ContractCall), account });
  await succeed(world.client, hash);
}

function sendLogs(response: ServerResponse, follows: boolean): void {
  const line = { service: "web", stream: "stdout", at: "2026-01-01T00:00:00Z" };
  response.write(`${JSON.stringify({ ...line, text: "hello" })}\n`);
  response.write(`${JSON.stringify({ ...line, text: NASTY_LINE })}\n`);
  if (!follows) response.end();
}

async function statusOf({ market, manifests, port }: State, leaseId: bigint): Promise<GatewayStatus> {
  const { status } = await market.leaseSummary(leaseId);
  const runs = manifests.has(leaseId) && status === "active";
  const endpoint = {
    service: "web",
    containerPort: 8080,
    protocol: "tcp",
    address: "127.0.0.1",
    port,
  } as const;
  return {
    leaseId: leaseId.toString(),
    status,
    phase: runs ? "running" : "awaiting-manifest",
    services: runs ? [{ name: "web", state: "running", health: "healthy", exitCode: null }] : [],
    endpoints: runs ? [endpoint] : [],
    lastError: null,
    chainBlock: { number: "1", timestamp: "1" },
  };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = { code, message, atRisk: "nothing", next: "Nothing.", facts: {} };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
