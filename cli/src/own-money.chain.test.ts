// SPDX-License-Identifier: Apache-2.0
import { computeMarketAbi, type MarketCall, marketCalls } from "@berth/sdk";
import { expect } from "chai";
import { type Hash, keccak256 } from "viem";
import { enrich, succeed } from "../../test/helpers/viem-market.ts";
import type { ActorName, MarketWorld } from "./testing/market-world.ts";
import { startMarketWorld } from "./testing/market-world.ts";
import type { Ran } from "./testing/run-berth.ts";
import { jsonErrorOf, jsonOf, runInside } from "./testing/run-berth.ts";

const DOLLAR = 1_000_000n;
const DAY = 86_400;
const WINDOW = 2 * DAY;
/** Enough for 128 leases; an estimate would be of the second before, in which nothing was due yet. */
const GAS = 15_000_000n;
const MANIFEST: Hash = keccak256("0x01");

interface Released {
  readonly released: readonly { readonly leaseId: string; readonly amount: string }[];
  readonly waiting: readonly { readonly leaseId: string; readonly releasableAt: string | null }[];
  readonly transactionHashes: readonly string[];
}

describe("what is the provider's own", function () {
  this.timeout(120_000);
  let world: MarketWorld;
  let snapshot: Hash;
  const calls = () => marketCalls(world.market);
  const act = async (actor: ActorName, call: MarketCall): Promise<void> => {
    const { address } = world.actors[actor];
    await succeed(world.client, await world.client.writeContract({ ...call, account: address, gas: GAS }));
  };
  const provide = (...args: readonly string[]): Promise<Ran> => world.berth("owner", "provider", ...args);
  const stake = async (): Promise<{ staked: bigint; locked: bigint }> => {
    const [staked, locked] = await world.client.readContract({
      ...{ address: world.market, abi: computeMarketAbi, functionName: "stakeOf" },
      args: [world.token, world.actors.owner.address],
    });
    return { staked, locked };
  };
  const offer = () =>
    world.client.readContract({
      ...{ address: world.market, abi: computeMarketAbi, functionName: "offerOf" },
      args: [1n],
    });
  const nonce = () => world.client.getTransactionCount({ address: world.actors.owner.address });
  const open = (offerId = 1n): Promise<void> =>
    act(
      "tenant",
      calls().open({
        ...{ offerId, provider: world.actors.owner.address, maxMilliRate: 2n ** 70n },
        ...{ manifestHash: MANIFEST, tenant: world.actors.tenant.address, amount: 10n * DOLLAR },
      }),
    );
  /** Opens and starts so many leases, and closes them as their provider: each collateral stays locked for the dispute window. */
  const closeSome = async (count: number): Promise<void> => {
    const ids = Array.from({ length: count }, (_, index) => BigInt(index + 1));
    for (const leaseId of ids) {
      await open();
      await act("owner", calls().start(0n, [leaseId]));
    }
    await act("owner", calls().closeByProvider(0n, ids, "drain"));
  };

  before(async () => {
    world = await startMarketWorld();
    const { tenant, owner, pauper } = world.actors;
    await enrich(world, tenant.address);
    await world.mint(owner.address, 50n * DOLLAR);
    const register = ["register", "--public-endpoint", "http://127.0.0.1:8700", "--report-period", "6h"];
    jsonOf(await provide(...register));
    jsonOf(await provide("stake", "20", "--token", world.token));
    const size = ["--cpu", "0.5", "--memory", "256M", "--storage", "1G", "--capacity", "3"];
    const terms = ["--rate", "1.00/h", "--collateral", "5", "--arbitrator", pauper.address];
    jsonOf(await provide("offer", "--token", world.token, ...size, ...terms));
  });
  after(() => world?.stop());
  beforeEach(async () => {
    snapshot = await world.client.snapshot();
  });
  afterEach(() => world.client.revert({ id: snapshot }));

  describe("berth provider release", () => {
    it("says when, and sends nothing, while the dispute window runs", async () => {
      await closeSome(1);
      const before = await nonce();
      const error = jsonErrorOf(await provide("release"));
      expect(error).to.include({ code: "E_NOTHING_TO_RELEASE", exitCode: 3 });
      expect(error.message).to.match(/lease 1: 5 mUSD locked until \d{4}-/);
      expect(error.facts).to.include({ leaseIds: "1" });
      expect(await nonce()).to.equal(before);
    });

    it("frees all that is due in one transaction, in the stake, and leaves what is open", async () => {
      await closeSome(2);
      await open();
      await act("owner", calls().start(0n, [3n]));
      await world.pass(WINDOW + 1);
      expect(await stake()).to.deep.equal({ staked: 20n * DOLLAR, locked: 15n * DOLLAR });
      const done = jsonOf<Released>(await provide("release"));
      expect(done.released.map(({ leaseId, amount }) => [leaseId, amount])).to.deep.equal([
        ["1", "5000000"],
        ["2", "5000000"],
      ]);
      expect(done.waiting).to.deep.equal([]);
      expect(done.transactionHashes).to.have.length(1);
      expect(await stake()).to.deep.equal({ staked: 20n * DOLLAR, locked: 5n * DOLLAR });
      expect(jsonErrorOf(await provide("release"))).to.include({ code: "E_NOTHING_TO_RELEASE" });
    });

    it("frees nothing that a dispute is about, and frees the rest", async () => {
      await closeSome(2);
      await act("tenant", calls().openDispute(1n, DOLLAR, ""));
      await world.pass(WINDOW + 1);
      const { released, waiting } = jsonOf<Released>(await provide("release"));
      expect(released.map(({ leaseId }) => leaseId)).to.deep.equal(["2"]);
      expect(waiting).to.have.length(1);
      expect(waiting[0]).to.deep.include({ leaseId: "1", releasableAt: null });
      expect((await stake()).locked).to.equal(5n * DOLLAR);
    });

    it("takes as many transactions as the contract's longest list wants", async () => {
      const size = ["--cpu", "0.5", "--memory", "256M", "--storage", "1G", "--capacity", "129"];
      const terms = ["--rate", "1.00/h", "--collateral", "0.01", "--arbitrator", world.actors.pauper.address];
      jsonOf(await provide("offer", "--token", world.token, ...size, ...terms));
      for (let leases = 0; leases < 129; leases += 1) await open(2n);
      const ids = Array.from({ length: 129 }, (_, index) => BigInt(index + 1));
      for (const list of [ids.slice(0, 128), ids.slice(128)]) {
        await act("owner", calls().start(0n, list));
        await act("owner", calls().closeByProvider(0n, list, "drain"));
      }
      await world.pass(WINDOW + 1);
      const { released, transactionHashes } = jsonOf<Released>(await provide("release"));
      expect(released).to.have.length(129);
      expect(transactionHashes).to.have.length(2);
      expect(await stake()).to.deep.equal({ staked: 20n * DOLLAR, locked: 0n });
    });

    it("shows people what it frees before it does", async () => {
      await closeSome(1);
      await world.pass(WINDOW + 1);
      const { code, stdout, stderr } = await runInside(["provider", "release"], world.placeOf("owner"));
      expect(code).to.equal(0);
      expect(stderr).to.contain("can be released:\nlease 1: 5 mUSD");
      expect(stdout).to.equal("lease 1: 5 mUSD stands behind no lease any more\n");
    });

    it("says so where no closed lease locks anything", async () => {
      const error = jsonErrorOf(await provide("release"));
      expect(error).to.include({ code: "E_NOTHING_TO_RELEASE", exitCode: 3 });
      expect(error.message).to.contain("No closed lease locks any");
    });
  });

  describe("berth provider unstake", () => {
    const unstake = (...args: readonly string[]) => provide("unstake", ...args, "--token", world.token);

    it("pays out what is free, to the last unit, and tells what is left", async () => {
      await open();
      const { address } = world.actors.owner;
      const before = await world.dollars(address);
      const said = jsonOf(await unstake("15"));
      expect(said).to.include({ amount: "15000000", to: address, staked: "5000000", locked: "5000000" });
      expect(said).to.include({ free: "0" });
      expect((await world.dollars(address)) - before).to.equal(15n * DOLLAR);
      expect(await stake()).to.deep.equal({ staked: 5n * DOLLAR, locked: 5n * DOLLAR });
    });

    it("refuses one unit more than is free, in words, and sends nothing", async () => {
      await open();
      const before = await nonce();
      const error = jsonErrorOf(await unstake("15.000001"));
      expect(error).to.include({ code: "E_STAKE_INSUFFICIENT", exitCode: 4 });
      expect(error.message).to.contain("stake: 20 mUSD, 5 mUSD of it behind leases, 15 mUSD free");
      expect(error.next).to.contain("berth provider release");
      expect(error.facts).to.include({ requested: "15000001", free: "15000000" });
      expect(await nonce()).to.equal(before);
      expect((await stake()).staked).to.equal(20n * DOLLAR);
    });

    it("pays whom --to names", async () => {
      const { address } = world.actors.pauper;
      jsonOf(await unstake("1", "--to", address));
      expect(await world.dollars(address)).to.equal(DOLLAR);
    });

    it("takes no 0 and no guess at the token, and is the owner's alone", async () => {
      expect(jsonErrorOf(await unstake("0"))).to.include({ code: "E_NOTHING_TO_WITHDRAW", exitCode: 3 });
      expect(jsonErrorOf(await provide("unstake", "1"))).to.include({ code: "E_USAGE", exitCode: 2 });
      const stranger = await world.berth("tenant", "provider", "unstake", "1", "--token", world.token);
      expect(jsonErrorOf(stranger)).to.include({ code: "E_PROVIDER_UNKNOWN", exitCode: 3 });
    });
  });

  describe("berth provider set-capacity", () => {
    it("changes how many may be open; those that are go on", async () => {
      await open();
      expect(jsonOf(await provide("set-capacity", "1", "0"))).to.include({
        capacity: "0",
        before: "3",
        taken: "1",
      });
      expect(await offer()).to.include({ capacity: 0, taken: 1 });
      jsonOf(await provide("set-capacity", "1", "2"));
      expect(await offer()).to.include({ capacity: 2, taken: 1 });
    });

    it("sends nothing where it is so already, and warns of a stake that does not reach", async () => {
      const before = await nonce();
      expect(jsonOf(await provide("set-capacity", "1", "3"))).to.include({ transactionHash: null });
      expect(await nonce()).to.equal(before);
      const ran = await provide("set-capacity", "1", "5");
      expect(jsonOf(ran)).to.include({ capacity: "5" });
      expect(ran.stderr).to.contain("room for 5 leases needs 25 mUSD of free stake, and there is 20 mUSD");
    });

    it("refuses what is not there, not his, closed, or more than the contract takes", async () => {
      expect(jsonErrorOf(await provide("set-capacity", "7", "1"))).to.include({
        code: "E_OFFER_UNKNOWN",
        exitCode: 3,
      });
      const stranger = await world.berth("tenant", "provider", "set-capacity", "1", "1");
      expect(jsonErrorOf(stranger)).to.include({ code: "E_NOT_OFFERER", exitCode: 4 });
      expect(jsonErrorOf(await provide("set-capacity", "1", "16777216"))).to.include({
        code: "E_USAGE",
        exitCode: 2,
      });
      await act("owner", calls().closeOffer(0n, 1n));
      expect(jsonErrorOf(await provide("set-capacity", "1", "1"))).to.include({
        code: "E_OFFER_NOT_OPEN",
        exitCode: 4,
      });
    });
  });

  describe("berth provider close-offer", () => {
    it("closes it for ever under the instance of the daemon that runs; leases under it go on", async () => {
      await open();
      await act("operator", calls().claimInstance(world.actors.owner.address, 0n));
      expect(jsonOf(await provide("close-offer", "1", "--yes"))).to.include({ offerId: "1", taken: "1" });
      expect(await offer()).to.include({ closed: true, taken: 1 });
      const again = jsonErrorOf(await provide("close-offer", "1", "--yes"));
      expect(again).to.include({ code: "E_OFFER_NOT_OPEN", exitCode: 4 });
    });

    it("asks first, and changes nothing where nobody says yes or it is another's", async () => {
      const unasked = jsonErrorOf(await provide("close-offer", "1"));
      expect(unasked).to.include({ code: "E_INPUT_MISSING", exitCode: 2 });
      expect(unasked.facts).to.deep.equal({ flag: "--yes" });
      const stranger = await world.berth("tenant", "provider", "close-offer", "1", "--yes");
      expect(jsonErrorOf(stranger)).to.include({ code: "E_NOT_OFFERER", exitCode: 4 });
      expect((await offer()).closed).to.equal(false);
    });
  });
});
