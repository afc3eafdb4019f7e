// SPDX-License-Identifier: Apache-2.0
import type { Manifest, ManifestDocument } from "@berth/sdk";
import { BerthError, formatRate, newManifestDocument, PermanentError, RetryableError } from "@berth/sdk";
import type { Address, Hex } from "viem";
import type { LoginsFor } from "../config/registry-logins.ts";
import type { DocumentStore } from "../documents/store.ts";
import type { OpenLease, Upright } from "./bring-up.ts";
import { bringUp } from "./bring-up.ts";
import type { Candidate } from "./check-offer.ts";
import { readDeposit, requireFunds } from "./check-funds.ts";
import type { DeployPhase } from "./deploy-phases.ts";
import { endedTooSoon, endingOf } from "./endings.ts";
import { readLease } from "./history.ts";
import { matchOffer } from "./match-offer.ts";
import type { OpenedLease } from "./open-lease.ts";
import { openLease } from "./open-lease.ts";
import type { PhaseRunner, Progress } from "./phases.ts";
import { createPhaseRunner } from "./phases.ts";
import type { SigningSession } from "./session.ts";
import { approveExactly, inTokens, readToken } from "./token.ts";

/** What is to be leased and run. Amounts in whole tokens; null takes the manifest's own terms. */
export interface DeployRequest {
  readonly manifest: Manifest;
  /** 32 random bytes, new for each lease. */
  readonly salt: Hex;
  /** This offer; null takes the cheapest that fits. */
  readonly offerId: bigint | null;
  /** Only offers in this token; null takes any. */
  readonly token: Address | null;
  readonly maxRatePerHour: string | null;
  readonly deposit: string | null;
}

/** What a deployment works with. */
export interface DeployPorts {
  readonly session: SigningSession;
  readonly store: DocumentStore;
  /** What a provider is told of the tenant's logins for registries. */
  readonly loginsFor: LoginsFor;
  readonly onProgress: (progress: Progress<DeployPhase>) => void;
  /** Milliseconds. */
  readonly now: () => number;
  /** How long the workload may take from the open lease to healthy, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A lease whose workload is up. */
export interface Deployment extends OpenLease, Upright {
  readonly phasesMs: Readonly<Partial<Record<DeployPhase, number>>>;
}

interface Matched extends Candidate {
  /** In base units. */
  readonly amount: bigint;
}

/** Opens a lease for a manifest and waits until its workload is healthy. Every check comes before the first transaction. */
export async function deploy(request: DeployRequest, ports: DeployPorts): Promise<Deployment> {
  const phases = createPhaseRunner<DeployPhase>(ports.onProgress, ports.now);
  const document = newManifestDocument(request.manifest, request.salt);
  const matched = await match(request, ports, phases);
  const { leaseId, startBy } = await fund(document, matched, ports, phases);
  const lease = { leaseId, startBy, provider: matched.offer.provider, token: matched.token };
  return finish(lease, document, ports, phases);
}

/**
 * Goes on with a lease that is open already, from the document that is kept on this machine. Throws UserError E_LEASE_UNKNOWN,
 * E_DOCUMENT_UNKNOWN, E_LEASE_DECLINED or E_LEASE_ENDED, and what `bringUp` throws.
 */
export async function resumeDeploy(leaseId: bigint, ports: DeployPorts): Promise<Deployment> {
  const { session, store, signal } = ports;
  const phases = createPhaseRunner<DeployPhase>(ports.onProgress, ports.now);
  const { life, summary } = await readLease(session, leaseId, signal);
  const ending = endingOf(life);
  if (ending !== null) throw endedTooSoon(leaseId, ending, "");
  const hashes = life.flatMap((event) =>
    event.name === "LeaseOpened" || event.name === "LeaseManifestChanged" ? [event.args.manifestHash] : [],
  );
  const document = store.find(leaseId, hashes.at(-1) ?? "0x");
  const token = await readToken(session, summary.token, signal);
  const lease = { leaseId, startBy: summary.startBy, provider: summary.provider, token };
  return finish(lease, document, ports, phases);
}

async function finish(
  lease: OpenLease,
  document: ManifestDocument,
  ports: DeployPorts,
  phases: PhaseRunner<DeployPhase>,
): Promise<Deployment> {
  try {
    const up = await bringUp(lease, document, {
      ...ports,
      phases,
      secrets: ports.loginsFor(document.manifest),
    });
    return { ...lease, ...up, phasesMs: phases.durations() };
  } catch (error) {
    throw leftOpen(lease.leaseId, ports.signal.aborted ? ports.signal.reason : error);
  }
}

/** Whatever went wrong, the tenant must hear that his lease is open; an error that names the lease says so already. */
function leftOpen(leaseId: bigint, error: unknown): unknown {
  if (!(error instanceof BerthError) || error.facts["leaseId"] !== undefined) return error;
  const Kind = error.retryable ? RetryableError : PermanentError;
  return new Kind(error.code, `${error.message} Lease ${leaseId} is open.`, {
    atRisk: "its balance: it is paid for from its start on, and comes back if it is not started in time",
    next: `\`berth deploy --resume ${leaseId}\` goes on, \`berth status ${leaseId}\` shows it, \`berth close ${leaseId}\` ends it.`,
    facts: { ...error.facts, leaseId: leaseId.toString() },
    cause: error,
  });
}

function match(
  request: DeployRequest,
  ports: DeployPorts,
  phases: PhaseRunner<DeployPhase>,
): Promise<Matched> {
  const { session, signal } = ports;
  const { market } = request.manifest;
  const tenant = session.wallet.account.address;
  const maxRatePerHour = request.maxRatePerHour ?? market.maxRatePerHour;
  const deposit = request.deposit ?? market.deposit;
  return phases.run("matching", "looking for an offer that fits", async () => {
    const candidate = await matchOffer(session, { ...request, tenant, maxRatePerHour, deposit }, signal);
    const { offerId, offer, token } = candidate;
    const amount = readDeposit(deposit, offer, token);
    await requireFunds(session, tenant, amount, token, signal);
    const { provider, terms } = offer;
    const price = formatRate(terms.milliRatePerSecond, token.decimals, "hour");
    const facts = { offerId, provider, token, milliRatePerSecond: terms.milliRatePerSecond };
    return {
      value: { ...candidate, amount },
      text: `offer ${offerId} of ${provider}, ${price} in ${token.symbol}`,
      facts,
    };
  });
}

function fund(
  document: ManifestDocument,
  matched: Matched,
  { session, store, signal }: DeployPorts,
  phases: PhaseRunner<DeployPhase>,
): Promise<OpenedLease> {
  const { token, amount } = matched;
  const sum = inTokens(amount, token);
  return phases.run("funding", `putting ${sum} into a lease`, async (note) => {
    const approval = await approveExactly(session, token, amount, signal);
    if (approval !== null) note(`allowed the market to take ${sum}, no more`, { transactionHash: approval });
    const opened = await openLease(session, matched, { document, amount, store }, signal);
    return {
      value: opened,
      text: `lease ${opened.leaseId} holds ${inTokens(opened.balance, token)}`,
      facts: { ...opened },
    };
  });
}
