// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createGatewayClient, newManifestDocument, parseCompose, type GatewayClient } from "@berth/sdk";
import { bytesToHex } from "viem";
import { sendManifest } from "../../cli/src/flows/send-manifest.ts";
import { localAccounts } from "../demonstration/accounts.ts";
import { openDirectly } from "../demonstration/direct-lease.ts";
import { awaitNothingLeft } from "../demonstration/leftovers.ts";
import type { Stage } from "../demonstration/stage.ts";
import { closeLease } from "../demonstration/tenant.ts";
import { awaitFirstAnswer } from "./first-answer.ts";

const COMPOSE = fileURLToPath(new URL("../../templates/hello/compose.yaml", import.meta.url));
const EVERY_MS = 10;

/**
 * Milliseconds from the receipt of `open` until a request was answered and the lease is started on chain, whichever comes last; the lease is
 * cleared away afterwards.
 */
export async function timeLease(stage: Stage, signal: AbortSignal): Promise<number> {
  const { market, walletOf } = stage.local;
  const session = { market, wallet: walletOf(localAccounts.tenant), startBlock: 0n };
  const manifest = parseCompose(readFileSync(COMPOSE, "utf8"), { environment: {} });
  const document = newManifestDocument(manifest, bytesToHex(randomBytes(32)));
  const lease = await openDirectly(stage, document);
  const startedAt = performance.now();
  const { leaseId } = lease;
  await sendManifest(session, lease, { document, secrets: null }, AbortSignal.timeout(60_000), signal);
  await awaitFirstAnswer(await publishedUrl(gatewayOf(stage, leaseId), signal), signal);
  await awaitStarted(stage, leaseId, signal);
  const elapsed = Math.round(performance.now() - startedAt);
  await closeLease(stage, leaseId);
  await awaitNothingLeft(stage.runtime, signal);
  return elapsed;
}

function gatewayOf({ local, orchestrator }: Stage, leaseId: bigint): GatewayClient {
  return createGatewayClient({
    endpoint: orchestrator.gateway,
    chainId: local.market.chainId,
    market: local.market.address,
    leaseId,
    signer: local.walletOf(localAccounts.tenant),
    now: () => BigInt(Math.floor(Date.now() / 1000)),
  });
}

async function publishedUrl(gateway: GatewayClient, signal: AbortSignal): Promise<string> {
  for (;;) {
    const { endpoints } = await gateway.status(signal);
    const [first] = endpoints;
    if (first !== undefined) return `http://${first.address}:${first.port}`;
    await delay(EVERY_MS, undefined, { signal });
  }
}

async function awaitStarted({ local }: Stage, leaseId: bigint, signal: AbortSignal): Promise<void> {
  while ((await local.market.leaseSummary(leaseId)).status !== "active")
    await delay(EVERY_MS, undefined, { signal });
}
