// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BerthError, marketCalls } from "@berth/sdk";
import { openKeyFile, writeKeystore } from "@berth/sdk/keys";
import { expect } from "chai";
import { createWalletClient, http, type LocalAccount, parseEther } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { foundry } from "viem/chains";
import { OPERATOR_WORDS } from "../config/operator-key.ts";
import { requireOperator } from "../config/require-operator.ts";
import type { Journal } from "../ports/journal.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { createFence } from "./fence.ts";
import { instanceAtBoot } from "./instance-at-boot.ts";
import { newestInstance } from "./claims.ts";
import { ensureInstance } from "./instance.ts";
import { createMarketChain } from "./market-chain.ts";
import { bootDaemon, type Daemon, ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { newestHeads, soleMarket } from "./test/reads.ts";
import { silentLog } from "./test/silent-log.ts";

const ROOT = "0x0000000000000000000000000000000000000000000000000000000000000000";
const EMPTY = { root: ROOT, uri: "", entries: [] } as const;
const PASSWORD = "swordfish";

describe("a new operator's key, on a real node", function () {
  this.timeout(120_000);
  const { signal } = new AbortController();
  let folder: string;
  let world: MarketWorld;
  let journal: Journal;
  let newcomer: LocalAccount;
  let old: Daemon;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "berth-rotation-"));
    world = await createWorld();
    const path = join(folder, "operator-2.json");
    await writeKeystore(path, generatePrivateKey(), PASSWORD);
    newcomer = await openKeyFile(path, () => PASSWORD, OPERATOR_WORDS);
    await world.control.setBalance({ address: newcomer.address, value: parseEther("1") });
  });

  beforeEach(async () => {
    await world.send(world.provider, marketCalls(world.market).setOperator(world.operator.address));
    journal = openJournal(":memory:", ownerOf(world));
    old = await bootDaemon(world, world.node.url, journal);
    await boot(old, false);
  });

  afterEach(async () => {
    await world.control.setAutomine(true);
    journal.close();
  });

  after(async () => {
    await world.node.stop();
    rmSync(folder, { recursive: true });
  });

  /** What the daemon does about its instance when it starts. */
  async function boot({ market, actions, sender }: Daemon, takeover: boolean): Promise<number> {
    const chain = createMarketChain({
      reads: soleMarket(market),
      provider: world.provider.address,
      heads: newestHeads,
    });
    const recover = (turn: AbortSignal) => sender.recover(turn);
    return ensureInstance(
      {
        chain,
        newest: newestInstance(soleMarket(market), world.provider.address),
        actions,
        journal,
        recover,
        takeover,
      },
      signal,
    );
  }

  const rotate = () => world.send(world.provider, marketCalls(world.market).setOperator(newcomer.address));
  const restart = () => bootDaemon(world, world.node.url, journal, { account: newcomer });
  const providerNow = () => old.market.providerOf(world.provider.address);

  async function codeOf(work: Promise<unknown>): Promise<string> {
    const error = await work.catch((thrown: unknown) => thrown);
    if (error instanceof BerthError) return error.code;
    throw new Error(`it was not refused: ${String(error)}`);
  }

  it("takes over within the report period, and leases go on being paid all the time", async () => {
    const leaseId = await world.openLease(hash("01"));
    await old.actions.report(EMPTY, signal);
    await old.actions.startLease(leaseId, signal);
    const before = await providerNow();
    await world.control.increaseTime({ seconds: 120 });
    await rotate();
    const daemon = await restart();
    expect(await boot(daemon, true)).to.equal(Number(before.instance) + 2);
    await daemon.actions.report(EMPTY, signal);
    const after = await providerNow();
    expect(after.operator).to.equal(newcomer.address);
    const silence = after.lastReportAt - before.lastReportAt;
    expect(silence).to.be.at.least(120n);
    expect(silence < before.reportPeriod).to.equal(true);
    expect(after.clock - before.clock).to.equal(silence);
    expect((await daemon.market.leaseSummary(leaseId)).status).to.equal("active");
  });

  it("shuts the old key out of everything at once, whatever instance it names", async () => {
    const leaseId = await world.openLease(hash("02"));
    await rotate();
    const daemon = await restart();
    expect(await codeOf(old.actions.report(EMPTY, signal))).to.equal("E_PROVIDER_CALLER_NOT_AUTHORIZED");
    await boot(daemon, true);
    const { instance } = await providerNow();
    const calls = marketCalls(world.market);
    const provider = world.provider.address;
    for (const call of [
      calls.report({ provider, instance, usageRoot: ROOT, uri: "", entries: [] }),
      calls.start(instance, [leaseId]),
      calls.closeByProvider(instance, [leaseId], "unspecified"),
      calls.claimInstance(provider, instance),
    ])
      expect(await codeOf(world.send(world.operator, call))).to.equal("E_PROVIDER_CALLER_NOT_AUTHORIZED");
    await daemon.actions.report(EMPTY, signal);
  });

  it("is not taken by a daemon that nobody told to take over, nor the old key by one that starts again", async () => {
    await rotate();
    const daemon = await restart();
    expect(await codeOf(boot(daemon, false))).to.equal("E_INSTANCE_TAKEN");
    const chain = createMarketChain({
      reads: soleMarket(old.market),
      provider: world.provider.address,
      heads: newestHeads,
    });
    const provider = world.provider.address;
    const again = requireOperator(chain, provider, world.operator.address, () => false, signal);
    expect(await codeOf(again)).to.equal("E_NOT_OPERATOR");
    await requireOperator(chain, provider, newcomer.address, () => false, signal);

    const { actions, sender } = old;
    const recover = (turn: AbortSignal) => sender.recover(turn);
    const account = world.operator;
    const newest = newestInstance(soleMarket(old.market), provider);
    const boots = { chain, newest, actions, journal, recover, provider, account };
    const fence = createFence({ journal, log: silentLog });
    expect(await instanceAtBoot({ ...boots, takeover: false, fence }, signal)).to.equal(journal.instance());
    expect(fence.overtaken.reason).to.have.property("code", "E_INSTANCE_TAKEN");
    expect(await codeOf(instanceAtBoot({ ...boots, takeover: true, fence }, signal))).to.equal(
      "E_NOT_OPERATOR",
    );
  });

  it("needs nothing of what the old key signed and did not see through", async () => {
    await world.control.setAutomine(false);
    const stop = new AbortController();
    const lost = old.actions.report(EMPTY, stop.signal).catch((error: unknown) => error);
    while (journal.pendingOutbox().every(({ state }) => state !== "sent"))
      await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort("killed");
    expect(await lost).to.equal("killed");
    await world.control.dropTransaction({ hash: journal.pendingOutbox()[0]?.hash ?? "0x" });
    await world.control.setAutomine(true);
    const wallet = createWalletClient({
      account: world.operator,
      chain: foundry,
      transport: http(world.node.url),
    });
    await wallet.sendTransaction({ to: world.tenant.address, value: 1n });
    await rotate();
    const daemon = await restart();
    await boot(daemon, true);
    await daemon.sender.recover(signal);
    await daemon.actions.report(EMPTY, signal);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });
});
