// SPDX-License-Identifier: Apache-2.0
import { marketCalls, sendCall } from "@berth/sdk";
import { expect } from "chai";
import { createTestClient, http, zeroHash } from "viem";
import { hardhat } from "viem/chains";
import { localAccounts } from "../../../scripts/demonstration/accounts.ts";
import { DEPOSIT } from "../../../scripts/demonstration/direct-lease.ts";
import { removeLeftovers } from "../../../scripts/demonstration/leftovers.ts";
import type { Stage } from "../../../scripts/demonstration/stage.ts";
import { closeLease } from "../../../scripts/demonstration/tenant.ts";
import { eventually } from "../stage.ts";
import { type Act, actsSince, isWaiting, readBooks } from "./books.ts";
import { countedStarts, heldFor, type TenantProcess, tenantProcesses } from "./engine.ts";
import { expectNoLooseEnd, journalHolds } from "./journal.ts";
import { endMortal, RARELY, startImmortal, stopImmortal } from "./mortal-daemon.ts";
import { awaitStatus, handOver, type Lease, openLease } from "./tenant.ts";

/** How far behind its cursor a daemon reads each time. */
const BLOCKS_READ_AGAIN = 12;

/** One lease on a stage, from before its opening until nothing is left of it, and the laws that hold for it throughout. */
export class Scene {
  readonly stage: Stage;
  readonly #fromBlock: bigint;
  #lease: Lease | null = null;
  #ending: readonly string[] = [];

  private constructor(stage: Stage, fromBlock: bigint) {
    this.stage = stage;
    this.#fromBlock = fromBlock;
  }

  /** Begins with no daemon running and nothing of the market on the engine. */
  static async begin(stage: Stage): Promise<Scene> {
    await stopImmortal(stage);
    expect(await heldFor(stage)).to.deep.equal([]);
    return new Scene(stage, (await stage.local.client.getBlockNumber({ cacheTime: 0 })) + 1n);
  }

  get lease(): Lease {
    if (this.#lease === null) throw new Error("no lease was opened");
    return this.#lease;
  }

  async open(kind: "service" | "job" = "service"): Promise<Lease> {
    this.#lease = await openLease(this.stage, kind);
    this.#ending = [...(kind === "job" ? ["LeaseCompleted"] : []), "LeaseClosed", "CollateralUnlocked"];
    return this.#lease;
  }

  /** Brings a lease up until it is measured, unless there is one, and leaves it without a daemon. */
  async run(): Promise<void> {
    if (this.#lease === null) {
      await this.open();
      await startImmortal(this.stage, RARELY);
      await handOver(this.stage, this.lease, () => false);
      await awaitStatus(this.stage, this.lease, "active");
      await eventually("the lease is measured", async () => this.#isMeasured());
    }
    await stopImmortal(this.stage);
  }

  /** Lets the daemon read on until no block that it reads again tells of an earlier lease. */
  async leavePastBehind(): Promise<void> {
    const { stage } = this;
    const { client, rpcUrl } = stage.local;
    await createTestClient({ mode: "hardhat", chain: hardhat, transport: http(rpcUrl) }).mine({
      blocks: BLOCKS_READ_AGAIN + 1,
    });
    const head = await client.getBlockNumber({ cacheTime: 0 });
    await startImmortal(stage, RARELY);
    await eventually(
      "the past is behind",
      async () =>
        journalHolds(stage, "SELECT 1 FROM cursor WHERE CAST(block_number AS INTEGER) >= ?", Number(head)) &&
        !journalHolds(stage, "SELECT 1 FROM lease_note"),
    );
    await stopImmortal(stage);
  }

  /** The provider's owner reports, so that the daemon need not for a while. */
  async reportByOwner(): Promise<void> {
    const usageRoot = zeroHash;
    const { provider, instance } = await this.#owner();
    await this.#sendAsOwner((calls) => calls.report({ provider, instance, usageRoot, uri: "", entries: [] }));
  }

  /** Lets blocks go by until the newest one shows that the lease has earned something. */
  async earn(): Promise<void> {
    const { market } = this.stage.local;
    await eventually("something is earned", async () => {
      await this.reportByOwner();
      return (await market.leaseSummary(this.lease.leaseId)).accrued > 0n;
    });
  }

  /** The provider's owner claims the instance, as another daemon would. */
  async claimByOwner(): Promise<void> {
    const { provider, instance } = await this.#owner();
    await this.#sendAsOwner((calls) => calls.claimInstance(provider, instance));
  }

  /** Successful acts of the daemon's key with this name, since the scene began. */
  async countOf(name: string): Promise<number> {
    return (await this.#acts()).filter((act) => act.name === name).length;
  }

  /** The tenant's process is the one that ran before, if one did; there is one container, and it was started once. */
  async expectServed(before: readonly TenantProcess[]): Promise<void> {
    const now = await tenantProcesses(this.stage);
    expect(now).to.have.length(1);
    if (before.length > 0) expect(now).to.deep.equal(before);
    const held = await heldFor(this.stage);
    expect(held.map((name) => name.split(" ")[0])).to.have.members(["container", "network", "volume"]);
    expect(await countedStarts(this.stage)).to.equal(1);
    await this.expectBooks(["LeaseOpened", "LeaseStarted"]);
  }

  /** Every unit is where the formula says, and the lease lived through these events, once each; settlements aside. */
  async expectBooks(life: readonly string[]): Promise<void> {
    const { local } = this.stage;
    const books = await readBooks(local, this.lease.leaseId);
    const { deposited, paid, refunded, balance } = books;
    expect(books.errors).to.deep.equal([]);
    expect(books.life.filter((name) => name !== "LeaseSettled")).to.deep.equal(life);
    expect(deposited).to.equal(DEPOSIT);
    expect(paid + refunded + balance).to.equal(deposited);
    expect((await local.market.leaseSummary(this.lease.leaseId)).balance).to.equal(balance);
  }

  /** The tenant closes the lease. */
  close(): Promise<void> {
    return closeLease(this.stage, this.lease.leaseId);
  }

  /** Closes the lease unless it is closed, and ends with nothing left of it anywhere. */
  async end(): Promise<void> {
    const { stage, lease } = this;
    await this.close();
    await eventually("nothing is left on the engine", async () => (await heldFor(stage)).length === 0);
    const known = "SELECT 1 FROM manifest WHERE lease_id = ?";
    await eventually("the lease is forgotten", () =>
      Promise.resolve(!journalHolds(stage, known, String(lease.leaseId))),
    );
    await this.expectBooks(["LeaseOpened", "LeaseStarted", ...this.#ending]);
    await this.#expectOrderlyActs();
    await stopImmortal(stage);
    expectNoLooseEnd(stage, lease.leaseId);
  }

  /** Clears away what a failure left, so that it is one failure and not many. */
  async abandon(): Promise<void> {
    endMortal();
    await this.stage.orchestrator.stop();
    if (this.#lease !== null) await this.#closeByOwner(this.#lease);
    await removeLeftovers(this.stage.runtime, AbortSignal.timeout(60_000));
  }

  /** No transaction failed, none waits, and no nonce is missing. */
  async #expectOrderlyActs(): Promise<void> {
    const acts = await this.#acts();
    expect(await isWaiting(this.stage.local)).to.equal(false);
    expect(acts.filter(({ status }) => status !== "success")).to.deep.equal([]);
    const first = acts[0]?.nonce ?? 0;
    expect(acts.map(({ nonce }) => nonce)).to.deep.equal(acts.map((_, index) => first + index));
    expect(acts.filter(({ name }) => name === "start")).to.have.length(1);
  }

  #isMeasured(): boolean {
    return journalHolds(
      this.stage,
      "SELECT 1 FROM incarnation WHERE lease_id = ?",
      String(this.lease.leaseId),
    );
  }

  async #closeByOwner({ leaseId }: Lease): Promise<void> {
    if ((await this.stage.local.market.leaseSummary(leaseId)).status === "closed") return;
    const { instance } = await this.#owner();
    await this.#sendAsOwner((calls) => calls.closeByProvider(instance, [leaseId], "drain"));
  }

  #acts(): Promise<readonly Act[]> {
    return actsSince(this.stage.local, this.#fromBlock);
  }

  async #owner() {
    const { address: provider } = localAccounts.provider;
    const { instance } = await this.stage.local.market.providerOf(provider);
    return { provider, instance };
  }

  async #sendAsOwner(call: (calls: ReturnType<typeof marketCalls>) => Parameters<typeof sendCall>[2]) {
    const { client, contracts, walletOf } = this.stage.local;
    await sendCall(walletOf(localAccounts.provider), client, call(marketCalls(contracts.market)));
  }
}
