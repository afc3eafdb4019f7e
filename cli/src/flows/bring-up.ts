// SPDX-License-Identifier: Apache-2.0
import type { GatewayStatus, LeaseStatus, ManifestDocument, ManifestSecrets } from "@berth/sdk";
import { formatRate } from "@berth/sdk";
import type { Watch } from "./await-workload.ts";
import { awaitWorkload, isHealthy, isRunning } from "./await-workload.ts";
import type { DeployPhase } from "./deploy-phases.ts";
import { endedTooSoon, endingOf } from "./endings.ts";
import { openGateway } from "./gateway.ts";
import { readLease } from "./history.ts";
import type { LeaseMoney } from "./lease-money.ts";
import { leaseMoney } from "./lease-money.ts";
import type { Note, PhaseRunner } from "./phases.ts";
import type { AwaitedLease } from "./send-manifest.ts";
import { sendManifest } from "./send-manifest.ts";
import type { SigningSession } from "./session.ts";
import type { Token } from "./token.ts";
import { inTokens } from "./token.ts";

/** A port that the provider published. */
export type Endpoint = GatewayStatus["endpoints"][number];

/** How long a provider's gateway may be out of reach before the tenant hears what to do about it. */
const UPLOAD_PATIENCE_MS = 60_000;

/** The lease whose workload is to come up. */
export interface OpenLease extends AwaitedLease {
  readonly token: Token;
}

export interface BringUpPorts {
  readonly session: SigningSession;
  readonly phases: PhaseRunner<DeployPhase>;
  /** What only the provider may know beside the manifest. */
  readonly secrets: ManifestSecrets | null;
  /** For all phases together, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A workload that is up. */
export interface Upright {
  readonly status: LeaseStatus;
  /** Where the first published port answers; null where none is published. */
  readonly url: string | null;
  readonly endpoints: readonly Endpoint[];
  readonly money: LeaseMoney;
}

/** Hands over the manifest of an open lease and waits until its workload is healthy and the meter runs. */
export async function bringUp(
  lease: OpenLease,
  document: ManifestDocument,
  ports: BringUpPorts,
): Promise<Upright> {
  const { session, phases, signal } = ports;
  const deadline = AbortSignal.timeout(ports.timeoutMs);
  const gateway = await openGateway(session, lease, signal);
  const watch = { session, gateway, leaseId: lease.leaseId, deadline, signal };

  await phases.run("starting", "sending the manifest to the provider", async (note) => {
    await deliver(ports, lease, document, watch, note);
    await awaitWorkload({ ...watch, onChange: note }, isRunning);
    return { value: null, text: "the provider started it" };
  });

  const endpoints = await phases.run("healthy", "waiting for the health checks", async (note) => {
    const { status } = await awaitWorkload({ ...watch, onChange: note }, isHealthy);
    const found = status?.endpoints ?? [];
    const url = urlOf(found);
    return { value: found, text: url ?? "healthy; it publishes no port", facts: { url, endpoints: found } };
  });

  return phases.run("metering", "reading the meter", () => readMeter(lease, endpoints, ports));
}

/** The address of the first published TCP port: the provider's own word for it, else plain HTTP. */
export function urlOf(endpoints: readonly Endpoint[]): string | null {
  const first = endpoints.find(({ protocol }) => protocol === "tcp");
  if (first === undefined) return null;
  const host = first.address.includes(":") ? `[${first.address}]` : first.address;
  return first.url ?? `http://${host}:${first.port}`;
}

async function deliver(
  { session, secrets }: BringUpPorts,
  lease: OpenLease,
  document: ManifestDocument,
  { deadline, signal }: Pick<Watch, "deadline" | "signal">,
  note: Note,
): Promise<void> {
  const patience = AbortSignal.any([deadline, AbortSignal.timeout(UPLOAD_PATIENCE_MS)]);
  try {
    await sendManifest(session, lease, { document, secrets }, patience, signal, note);
    note("the provider has the manifest");
  } catch (error) {
    signal.throwIfAborted();
    const ending = endingOf((await readLease(session, lease.leaseId, signal)).life);
    throw ending === null ? error : endedTooSoon(lease.leaseId, ending, "");
  }
}

async function readMeter({ leaseId, token }: OpenLease, endpoints: readonly Endpoint[], ports: BringUpPorts) {
  const record = await readLease(ports.session, leaseId, ports.signal);
  const { status, milliRatePerSecond } = record.summary;
  const money = leaseMoney(record);
  const rate = formatRate(milliRatePerSecond, token.decimals, "hour");
  const text = `${rate} in ${token.symbol}; ${inTokens(money.refundable, token)} would come back now`;
  return { value: { status, url: urlOf(endpoints), endpoints, money }, text, facts: { status, ...money } };
}
