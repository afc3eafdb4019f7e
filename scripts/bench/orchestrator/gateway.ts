// SPDX-License-Identifier: Apache-2.0
import { createGatewayClient, type ManifestDocument } from "@berth/sdk";
import { createWalletClient, http } from "viem";
import { foundry } from "viem/chains";
import type { MarketWorld } from "../../../orchestrator/src/chain/test/market-world.ts";

const AT_ONCE = 8;
const PATIENCE_MS = 600_000;

/** Sends each lease's manifest as its tenant does, until the daemon has taken it: at first it may not know the lease yet. */
export async function sendManifests(
  { market, tenant, chainId, node }: MarketWorld,
  endpoint: string,
  documents: ReadonlyMap<bigint, ManifestDocument>,
  progress: (sent: number) => void,
): Promise<void> {
  const signer = createWalletClient({ account: tenant, chain: foundry, transport: http(node.url) });
  const now = (): bigint => BigInt(Math.floor(Date.now() / 1_000));
  const until = Date.now() + PATIENCE_MS;
  let sent = 0;
  const send = async (leaseId: bigint, document: ManifestDocument): Promise<void> => {
    const gateway = createGatewayClient({ endpoint, chainId, market, leaseId, signer, now });
    for (;;) {
      try {
        await gateway.putManifest(document);
        break;
      } catch (error) {
        if (Date.now() > until) throw error;
      }
    }
    sent += 1;
    if (sent % 100 === 0) progress(sent);
  };
  const queue = documents.entries();
  const work = async (): Promise<void> => {
    for (const [leaseId, document] of queue) await send(leaseId, document);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
