// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { createGatewayClient, type ManifestDocument, newManifestDocument, parseCompose } from "@berth/sdk";
import { bytesToHex } from "viem";
import { localAccounts } from "../../../scripts/demonstration/accounts.ts";
import { openDirectly } from "../../../scripts/demonstration/direct-lease.ts";
import type { Stage } from "../../../scripts/demonstration/stage.ts";
import { eventually } from "../stage.ts";

const NOTED = "echo started >> /data/starts";

/** Notes each start of its process on its volume, and serves the note. */
const SERVICE = compose(`ports: ["8080"]`, `${NOTED} && exec httpd -f -p 8080 -h /data`);
/** Ends by itself, well. */
const JOB = compose(`restart: "no"`, NOTED);

/** A lease, and what it is to run. */
export interface Lease {
  readonly leaseId: bigint;
  readonly document: ManifestDocument;
}

/** Opens a lease for a service that runs for ever, or for a job that ends by itself. */
export async function openLease(stage: Stage, kind: "service" | "job"): Promise<Lease> {
  const manifest = parseCompose(kind === "job" ? JOB : SERVICE, { environment: {} });
  const document = newManifestDocument(manifest, bytesToHex(randomBytes(32)));
  const { leaseId } = await openDirectly(stage, document);
  return { leaseId, document };
}

/** Hands the manifest over, again and again until the gateway takes it or it is over; answers whether it was taken. */
export async function handOver(stage: Stage, lease: Lease, isOver: () => boolean): Promise<boolean> {
  const gateway = createGatewayClient({
    endpoint: `http://127.0.0.1:${stage.daemon.gatewayPort}`,
    chainId: stage.local.market.chainId,
    market: stage.local.market.address,
    leaseId: lease.leaseId,
    signer: stage.local.walletOf(localAccounts.tenant),
    now: () => BigInt(Math.floor(Date.now() / 1_000)),
  });
  let isTaken = false;
  await eventually(`the manifest of lease ${lease.leaseId} is taken`, async () => {
    if (isOver()) return true;
    isTaken = await gateway.putManifest(lease.document).then(
      () => true,
      () => false,
    );
    return isTaken;
  });
  return isTaken;
}

export async function awaitStatus(
  { local }: Stage,
  { leaseId }: Lease,
  status: "active" | "closed",
): Promise<void> {
  await eventually(
    `lease ${leaseId} is ${status}`,
    async () => (await local.market.leaseSummary(leaseId)).status === status,
  );
}

function compose(line: string, command: string): string {
  return `name: crash
services:
  web:
    image: berth/hello:local
    init: true
    command: ["sh", "-c", "${command}"]
    ${line}
    volumes: ["data:/data"]
    deploy: { resources: { limits: { cpus: "0.25", memory: 64M } } }
volumes:
  data: {}
x-berth: { maxRate: 1.00/h, deposit: "1.00" }
`;
}
