// SPDX-License-Identifier: Apache-2.0
import { ISOLATION_TIERS, type IsolationTier, type LeaseSummary, type ManifestDocument } from "@berth/sdk";
import type { Capacity } from "@berth/sdk/hardware";
import { ACCEPT_ALL, type AcceptanceRules } from "../domain/acceptance.ts";
import type { Failure } from "../domain/failure.ts";
import { refusalOnHost } from "../domain/host-terms.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedContainer } from "../domain/observed.ts";
import type { Journal } from "../ports/journal.ts";
import { createStepRunner } from "../reconcile/execute.ts";
import { PullBoard } from "../reconcile/pull-board.ts";
import { Reconciler } from "../reconcile/loop.ts";
import { FakeEngine } from "../runtime/fake/fake-engine.ts";
import { FakeRuntime } from "../runtime/fake/fake-runtime.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { hostOf, lease, provider } from "./builders.ts";
import { FakeMarket } from "./fake-market.ts";
import { keepingLog } from "./logs.ts";
import { ManualClock } from "./manual-clock.ts";
import { documentOf, keptOf, webCompose } from "./manifests.ts";

export const identity = { chainId: 31337, market: "0x1111111111111111111111111111111111111111" } as const;

/** A machine that no test fills by chance. */
export const AMPLE: Capacity = {
  cpuMillis: 1_000_000,
  memoryMiB: 1_000_000,
  storageMiB: 1_000_000,
  gpus: [],
};
/** Where its workloads are published; no proxy answers for them. */
export const publishing = { pool: { first: 20_000, last: 29_999 }, hasProxy: false } as const;

/** Calls of the runtime that change nothing. */
const LOOKS: readonly string[] = ["observe", "sample", "resolveImage"];
const never = new AbortController().signal;
const OPEN = { allowedTenants: null, acceptOldEngine: false, isDevelopment: false };

/** The reconciler of one provider over a chain and an engine in memory; a restart keeps journal, chain and engine. */
export class Daemon {
  readonly clock = new ManualClock();
  readonly log = keepingLog();
  readonly market = new FakeMarket();
  readonly engine = new FakeEngine({ now: () => this.clock.now(), images: ["hello:1", "hello:2"] });
  readonly runtime = new FakeRuntime(identity, this.engine);
  readonly journal: Journal = openJournal(":memory:", { ...identity, provider });
  readonly pulls = new PullBoard({ clock: this.clock, log: this.log });
  readonly overtaken = new AbortController();
  readonly acceptance: AcceptanceRules;
  /** Why no new lease may be begun. */
  obstacle: Failure | null = null;
  /** What the machine has for leases; null for what is not known. */
  capacity: Capacity | null = AMPLE;
  /** What the machine enforces. */
  tiers: readonly IsolationTier[] = ISOLATION_TIERS;
  reconciler: Reconciler;

  /** `rules` say whose leases it takes; everybody's where nothing is said. */
  constructor(rules: Partial<AcceptanceRules> = {}) {
    this.acceptance = { ...ACCEPT_ALL, ...rules };
    this.reconciler = this.#construct();
    this.market.now = () => BigInt(Math.floor(this.clock.now() / 1_000));
  }

  /** Opens a lease whose manifest has come in already, unless `isKept` is false. */
  open(
    leaseId: LeaseId,
    changes: Partial<LeaseSummary> = {},
    document: ManifestDocument = documentOf(webCompose()),
    isKept = true,
  ): void {
    const kept = keptOf(document);
    this.market.set(leaseId, lease({ status: "pending", ...changes }));
    const cursor = { blockNumber: this.market.number, blockHash: "0xaa", sequence: 0n } as const;
    this.journal.advance(cursor, [{ leaseId, manifestHash: kept.manifestHash }]);
    if (isKept) this.journal.keepManifest(leaseId, kept);
  }

  /** One look, and the tasks that it began. */
  async pass(): Promise<void> {
    await this.reconciler.pass(never);
    await this.reconciler.settled();
  }

  /** Looks and acts until nothing more happens by itself. */
  async settle(): Promise<void> {
    for (let round = 0; round < 8; round += 1) await this.pass();
  }

  restart(): void {
    this.reconciler = this.#construct();
  }

  async containers(leaseId: LeaseId): Promise<readonly ObservedContainer[]> {
    const workloads = await this.runtime.observe(never);
    return workloads.find((workload) => workload.leaseId === leaseId)?.containers ?? [];
  }

  /** Calls of the runtime that change something, since the last time this was asked. */
  changes(): readonly string[] {
    const calls = this.runtime.calls.splice(0);
    return calls.filter(({ method }) => !LOOKS.includes(method)).map(({ method }) => method);
  }

  #construct(): Reconciler {
    const { clock, log, market, runtime, journal, acceptance, pulls } = this;
    const runStep = createStepRunner({ runtime, actions: market, journal, clock, log, publishing, pulls });
    const parts = { provider, acceptance, chain: market, runtime, journal, runStep, clock, log } as const;
    return new Reconciler({
      ...parts,
      random: () => 0.5,
      resyncInterval: 5_000,
      overtaken: this.overtaken.signal,
      obstacle: () => this.obstacle,
      hardware: { capacity: () => this.capacity },
      healthGrace: 60_000,
      hostRefusal: (leaseId, tier) => refusalOnHost(hostOf(this.tiers), OPEN, leaseId, tier),
    });
  }
}

/** A daemon that serves a lease; what it did for that is told no more. */
export async function servingDaemon(leaseId: LeaseId): Promise<Daemon> {
  const daemon = new Daemon();
  daemon.open(leaseId);
  await daemon.settle();
  daemon.changes();
  return daemon;
}
