// SPDX-License-Identifier: Apache-2.0
import {
  RetryableError,
  type IsolationTier,
  type LeaseStatus,
  type LeaseSummary,
  type MarketEvent,
  type OfferMetadata,
  type ProviderSummary,
  type Resources,
} from "@berth/sdk";
import { zeroAddress } from "viem";
import type { LeaseId } from "../domain/identity.ts";
import type {
  ChainBlock,
  MarketActions,
  MarketChain,
  ReportReceipt,
  UsageReport,
} from "../ports/market-chain.ts";
import type { HeadPurpose } from "../domain/head-policy.ts";
import { lease, provider } from "./builders.ts";

const NOBODY: LeaseSummary = {
  ...lease(),
  status: "none",
  provider: zeroAddress,
  tenant: zeroAddress,
};

/** Chain and contract in memory: reads of the market and writes to it, with faults that a test orders. */
export class FakeMarket implements MarketChain, MarketActions {
  readonly leasesById = new Map<LeaseId, LeaseSummary>();
  readonly told: string[] = [];
  readonly reports: UsageReport[] = [];
  readonly pastEvents: MarketEvent[] = [];
  tier: IsolationTier = "runc";
  resources: Resources = { cpuMillis: 1_000, memoryMiB: 512, storageMiB: 1_024, gpuCount: 0, gpuModel: "" };
  retention = 100n;
  number = 10n;
  timestamp = 1_000_000n;
  summary: ProviderSummary = {
    operator: provider,
    reportPeriod: 3_600n,
    instance: 1n,
    sequence: 0n,
    lastReportAt: 1_000_000n,
    clock: 0n,
    clockNow: 0n,
    silent: false,
    lapsed: false,
  };
  /** Seconds since 1970 in the next block. */
  now = (): bigint => this.timestamp;
  /** While true, nothing can be read and nothing sent. */
  isDark = false;
  /** The next write fails with it. */
  nextFailure: Error | null = null;
  /** How far behind the newest block the heads for these purposes are. */
  depths = { settle: 0n, delete: 0n };
  /** What an endpoint further down the list tells of leases, where it is not the same. */
  others: ReadonlyMap<LeaseId, LeaseSummary> = new Map();
  readonly #hung = new Set<LeaseId>();
  /** What was before each change, with the last block that shows it. */
  readonly #past: { readonly until: bigint; readonly leases: ReadonlyMap<LeaseId, LeaseSummary> }[] = [];

  set(leaseId: LeaseId, changes: Partial<LeaseSummary>): void {
    this.#past.push({ until: this.number, leases: new Map(this.leasesById) });
    this.leasesById.set(leaseId, { ...(this.leasesById.get(leaseId) ?? lease()), ...changes });
    this.number += 1n;
  }

  /** Transactions about this lease never come to an end. */
  hang(leaseId: LeaseId): void {
    this.#hung.add(leaseId);
  }

  async head(signal: AbortSignal, purpose: HeadPurpose = "act"): Promise<ChainBlock> {
    return this.block(this.number - (purpose === "act" ? 0n : this.depths[purpose]), signal);
  }

  async block(number: bigint, signal: AbortSignal): Promise<ChainBlock> {
    this.#meet(signal);
    const timestamp = this.timestamp - (this.number - number);
    return {
      number,
      hash: `0x${number.toString(16)}`,
      parentHash: `0x${(number - 1n).toString(16)}`,
      timestamp,
    };
  }

  async events(fromBlock: bigint, toBlock: bigint, signal: AbortSignal): Promise<readonly MarketEvent[]> {
    this.#meet(signal);
    return this.pastEvents.filter(({ blockNumber }) => blockNumber >= fromBlock && blockNumber <= toBlock);
  }

  async leases(
    ids: readonly LeaseId[],
    { number }: ChainBlock,
    signal: AbortSignal,
    skip = 0,
  ): Promise<ReadonlyMap<LeaseId, LeaseSummary>> {
    this.#meet(signal);
    const shown = this.#past.find(({ until }) => until >= number)?.leases ?? this.leasesById;
    const others = skip === 0 ? null : this.others;
    return new Map(ids.map((id) => [id, others?.get(id) ?? shown.get(id) ?? NOBODY]));
  }

  async provider(_block: ChainBlock, signal: AbortSignal): Promise<ProviderSummary> {
    this.#meet(signal);
    return this.summary;
  }

  async offerResources(_offerId: bigint, signal: AbortSignal): Promise<Resources> {
    this.#meet(signal);
    return this.resources;
  }

  async offerMetadata(_offerId: bigint, signal: AbortSignal): Promise<OfferMetadata> {
    this.#meet(signal);
    return { version: 1, tier: this.tier, describedAt: null };
  }

  async retentionPeriod(_offerId: bigint, signal: AbortSignal): Promise<bigint> {
    this.#meet(signal);
    return this.retention;
  }

  startLease(leaseId: LeaseId, signal: AbortSignal): Promise<void> {
    return this.#tell(`start ${leaseId}`, leaseId, "active", signal);
  }

  pauseLease(leaseId: LeaseId, signal: AbortSignal): Promise<void> {
    return this.#tell(`pause ${leaseId}`, leaseId, "paused", signal);
  }

  resumeLease(leaseId: LeaseId, signal: AbortSignal): Promise<void> {
    return this.#tell(`resume ${leaseId}`, leaseId, "active", signal);
  }

  completeLease(leaseId: LeaseId, exitCode: number, signal: AbortSignal): Promise<void> {
    return this.#tell(`complete ${leaseId} ${exitCode}`, leaseId, "closed", signal);
  }

  closeLease(leaseId: LeaseId, cause: string, signal: AbortSignal): Promise<void> {
    return this.#tell(`close ${leaseId} ${cause}`, leaseId, "closed", signal);
  }

  async report(report: UsageReport, signal: AbortSignal): Promise<ReportReceipt> {
    this.#meet(signal);
    this.#failOnce();
    this.reports.push(report);
    this.number += 1n;
    this.summary = { ...this.summary, lastReportAt: this.now() };
    return { root: report.root, transactionHash: "0x01", blockNumber: this.number };
  }

  async claimInstance(expected: number, signal: AbortSignal): Promise<number> {
    this.#meet(signal);
    return expected + 1;
  }

  async #tell(what: string, leaseId: LeaseId, status: LeaseStatus, signal: AbortSignal): Promise<void> {
    this.told.push(what);
    if (this.#hung.has(leaseId)) await untilAborted(signal);
    this.#meet(signal);
    this.#failOnce();
    this.set(leaseId, { status, closedAt: status === "closed" ? this.now() : 0n });
  }

  #meet(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (!this.isDark) return;
    const details = { atRisk: "nothing", next: "Wait." };
    throw new RetryableError("E_RPC_UNREACHABLE", "The RPC does not answer.", details);
  }

  #failOnce(): void {
    const failure = this.nextFailure;
    this.nextFailure = null;
    if (failure !== null) throw failure;
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
