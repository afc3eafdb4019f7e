// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import { computeMarketAbi, type MarketCall, marketCalls, UserError } from "@berth/sdk";
import { expect } from "chai";
import { type Hash, keccak256 } from "viem";
import { enrich, succeed } from "../../test/helpers/viem-market.ts";
import type { ActorName, MarketWorld } from "./testing/market-world.ts";
import { startMarketWorld } from "./testing/market-world.ts";
import type { Ran } from "./testing/run-berth.ts";
import { jsonErrorOf, jsonLines, jsonOf, runInside } from "./testing/run-berth.ts";

const DOLLAR = 1_000_000n;
const HOUR = 3_600;
const DAY = 86_400;
const MANIFEST: Hash = keccak256("0x01");

interface Line {
  readonly step: string;
  readonly leaseId?: string;
  readonly reason?: string;
  readonly refund?: string;
  readonly capacity?: string;
  readonly leases?: readonly Record<string, unknown>[];
  readonly ended?: readonly { readonly leaseId: string }[];
}

describe("berth provider drain", function () {
  this.timeout(120_000);
  let world: MarketWorld;
  let snapshot: Hash;
  const calls = () => marketCalls(world.market);
  const act = async (actor: ActorName, call: MarketCall): Promise<void> => {
    const { address } = world.actors[actor];
    await succeed(world.client, await world.client.writeContract({ ...call, account: address }));
  };
  const read = (functionName: "offerOf" | "leaseSummary", id: bigint) =>
    world.client.readContract({ address: world.market, abi: computeMarketAbi, functionName, args: [id] });
  const capacity = async (): Promise<number> =>
    ((await read("offerOf", 1n)) as { capacity: number }).capacity;
  const free = (): Promise<bigint> =>
    world.client.readContract({
      address: world.market,
      abi: computeMarketAbi,
      functionName: "balanceOf",
      args: [world.token, world.actors.tenant.address],
    });
  const openingOf = () => ({
    ...{ offerId: 1n, provider: world.actors.owner.address, maxMilliRate: 2n ** 70n },
    ...{ manifestHash: MANIFEST, tenant: world.actors.tenant.address },
  });
  const open = (amount = 10n * DOLLAR): Promise<void> =>
    act("tenant", calls().open({ ...openingOf(), amount }));
  const refusedToOpen = async (): Promise<string> => {
    const { address: account } = world.actors.tenant;
    const opening = { ...openingOf(), amount: DOLLAR };
    return world.client
      .simulateContract({ ...calls().open(opening), account })
      .then(() => "it could be opened", String);
  };
  const drain = (...flags: readonly string[]): Promise<Ran> =>
    world.berth("owner", "provider", "drain", ...flags);
  const steps = (ran: Ran): readonly Line[] => {
    expect(ran.code, ran.stdout + ran.stderr).to.equal(0);
    return jsonLines<Line>(ran);
  };
  const interruptedAfter = async (milliseconds: number, ...flags: readonly string[]): Promise<Ran> => {
    const reason = new UserError("E_INTERRUPTED", "Interrupted.", { atRisk: "nothing", next: "Nothing." });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), milliseconds);
    const argv = ["provider", "drain", ...flags, "--json"];
    return runInside(argv, world.placeOf("owner"), controller.signal);
  };

  before(async () => {
    world = await startMarketWorld();
    const { tenant, owner, pauper } = world.actors;
    await enrich(world, tenant.address);
    await world.mint(owner.address, 50n * DOLLAR);
    const register = ["register", "--public-endpoint", "http://127.0.0.1:8700", "--report-period", "6h"];
    jsonOf(await world.berth("owner", "provider", ...register));
    jsonOf(await world.berth("owner", "provider", "stake", "20", "--token", world.token));
    const size = ["--cpu", "0.5", "--memory", "256M", "--storage", "1G", "--capacity", "3"];
    const terms = ["--rate", "1.00/h", "--min-period", "1h", "--collateral", "5"];
    const rest = ["--arbitrator", pauper.address, "--retention-period", "1h"];
    jsonOf(
      await world.berth("owner", "provider", "offer", "--token", world.token, ...size, ...terms, ...rest),
    );
  });
  after(() => world?.stop());
  beforeEach(async () => {
    snapshot = await world.client.snapshot();
  });
  afterEach(() => world.client.revert({ id: snapshot }));

  it("stops every offer, and is done at once where no lease is open", async () => {
    const lines = steps(await drain());
    expect(lines.map(({ step }) => step)).to.deep.equal(["stopped", "drained"]);
    expect(await capacity()).to.equal(0);
    expect(await refusedToOpen()).to.contain("OfferFull");
  });

  it("tells people what it does on standard error, and what came of it on standard output", async () => {
    await open();
    const argv = ["provider", "drain", "--close", "--yes"];
    const { code, stdout, stderr } = await runInside(argv, world.placeOf("owner"));
    expect(code).to.equal(0);
    expect(stderr).to.contain("offer 1 takes no new leases\nopen: 1 lease\nlease 1 has ended");
    expect(stdout).to.match(/^drained: .*; 1 lease ended meanwhile\nnext: .*\nback: .*--undo/);
  });

  it("waits for leases to end by themselves, and makes no room for another when one does", async () => {
    await open();
    await act("owner", calls().start(0n, [1n]));
    const draining = drain();
    while ((await capacity()) > 0) await delay(50);
    await delay(500);
    await act("tenant", calls().close(1n));
    expect(await refusedToOpen()).to.contain("OfferFull");
    const lines = steps(await draining);
    expect(lines.map(({ step }) => step)).to.deep.equal(["stopped", "waiting", "ended", "drained"]);
    expect(lines[2]).to.deep.include({ leaseId: "1", reason: "tenantClosed", refund: null });
  });

  it("says what is at stake: whose, how much, paid until when, what a close would hold of the stake", async () => {
    await open();
    await open();
    await act("owner", calls().start(0n, [1n]));
    const { timestamp } = await world.client.getBlock();
    const ran = await interruptedAfter(1_500);
    const leases = jsonLines<Line>(ran).find(({ step }) => step === "waiting")?.leases ?? [];
    expect(leases).to.have.length(2);
    expect(leases[0]).to.deep.include({ status: "active", tenant: world.actors.tenant.address });
    expect(leases[0]).to.deep.include({ held: "5000000", forfeited: "0" });
    const paidUntil = Number(leases[0]?.["paidUntil"]);
    expect(paidUntil - Number(timestamp)).to.be.within(10 * HOUR - 5, 10 * HOUR + 5);
    expect(Number(leases[0]?.["endsAt"]) - paidUntil).to.equal(HOUR);
    expect(leases[1]).to.deep.include({
      status: "pending",
      refundable: "10000000",
      held: "0",
      paidUntil: null,
    });
    expect(ran.stderr).to.contain("PAID UNTIL").and.to.contain("5 mUSD held for a dispute");
  });

  it("closes what is open with --close: the tenant has all that he did not use, minimum or not", async () => {
    await open();
    await open();
    await act("owner", calls().start(0n, [1n]));
    await world.pass(30);
    const before = await free();
    const lines = steps(await drain("--close", "--yes"));
    expect(lines.map(({ step }) => step)).to.deep.equal(["stopped", "waiting", "ended", "ended", "drained"]);
    const [running, waiting] = lines.filter(({ step }) => step === "ended");
    expect(running).to.deep.include({ leaseId: "1", reason: "providerClosed" });
    expect(waiting).to.deep.include({ leaseId: "2", reason: "declined", refund: "10000000" });
    const refund = BigInt(running?.refund ?? 0);
    expect(Number(10n * DOLLAR - refund), "what 30 to 60 seconds cost").to.be.within(8_333, 16_667);
    expect((await free()) - before).to.equal(refund + 10n * DOLLAR);
  });

  it("waits first with --after, then closes", async () => {
    await open();
    await act("owner", calls().start(0n, [1n]));
    const begun = performance.now();
    const lines = steps(await drain("--after", "2s", "--yes"));
    expect(performance.now() - begun).to.be.above(2_000);
    expect(lines.at(-2)).to.deep.include({ step: "ended", reason: "providerClosed" });
  });

  it("closes under the instance of whichever daemon runs by then", async () => {
    await open();
    await act("owner", calls().start(0n, [1n]));
    const draining = drain("--after", "2s", "--yes");
    await delay(500);
    await act("operator", calls().claimInstance(world.actors.owner.address, 0n));
    expect(steps(await draining).at(-1)).to.deep.include({ step: "drained" });
  });

  it("says what holds when it is interrupted, and goes on from there", async () => {
    await open();
    await act("owner", calls().start(0n, [1n]));
    const error = jsonErrorOf(await interruptedAfter(1_500));
    expect(error).to.include({ code: "E_INTERRUPTED", exitCode: 130 });
    expect(error.facts).to.deep.equal({ leaseIds: "1" });
    expect(error.next).to.contain("--undo");
    expect(await capacity()).to.equal(0);
    const again = steps(await drain("--close", "--yes"));
    expect(again.map(({ step }) => step)).to.deep.equal(["waiting", "ended", "drained"]);
  });

  it("gives the offers their capacity back with --undo, and leaves alone what was closed", async () => {
    await act("owner", calls().setCapacity(0n, 1n, 2n));
    steps(await drain());
    expect(jsonOf<{ offers: object[] }>(await drain("--undo", "--yes")).offers).to.deep.equal([
      { offerId: "1", capacity: "2" },
    ]);
    expect(await capacity()).to.equal(2);
    await open();
    await act("owner", calls().closeOffer(0n, 1n));
    expect(jsonOf<{ offers: object[] }>(await drain("--undo", "--yes")).offers).to.deep.equal([]);
  });

  it("closes nothing unasked, and nothing changes where nobody says yes", async () => {
    await open();
    const error = jsonErrorOf(await drain("--close"));
    expect(error).to.include({ code: "E_INPUT_MISSING", exitCode: 2 });
    expect(error.facts).to.deep.equal({ flag: "--yes" });
    expect(await capacity()).to.equal(3);
    expect(jsonErrorOf(await drain("--undo", "--close"))).to.include({ code: "E_USAGE", exitCode: 2 });
  });

  it("closes no lease of a provider who has lapsed, because that would forfeit his collateral", async () => {
    await open(2_000n * DOLLAR);
    await act("owner", calls().start(0n, [1n]));
    await world.pass(6 * HOUR + 3 * DAY + 60);
    const error = jsonErrorOf(await drain("--close", "--yes"));
    expect(error).to.include({ code: "E_PROVIDER_LAPSED", exitCode: 4 });
    expect(error.facts).to.deep.equal({ leaseIds: "1" });
    expect(await capacity()).to.equal(3);
  });

  it("warns a silent provider that waiting ends nothing", async () => {
    await open();
    await act("owner", calls().start(0n, [1n]));
    await world.pass(7 * HOUR);
    expect((await interruptedAfter(1_000)).stderr).to.contain("you are silent");
  });

  it("is the owner's alone", async () => {
    const { address } = world.actors.owner;
    const named = await world.berth("operator", "provider", "drain", "--provider", address);
    expect(jsonErrorOf(named)).to.include({ code: "E_KEY_NOT_OWNER", exitCode: 2 });
    const stranger = await world.berth("tenant", "provider", "drain");
    expect(jsonErrorOf(stranger)).to.include({ code: "E_PROVIDER_UNKNOWN", exitCode: 3 });
  });
});
