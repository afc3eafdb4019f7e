// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroHash, id } from "ethers";
import type { HookToken } from "../../typechain-types/mocks/HookToken.ts";
import { MAX_RATE, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { MANIFEST, openLease, startExisting } from "../helpers/leases.ts";
import { advance } from "../helpers/time.ts";
import { fund } from "../helpers/tokens.ts";
import { METADATA, RESOURCES, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const GUARD = id("ReentrancyGuardReentrantCall()").slice(0, 10);

const PERMIT = { deadline: 0n, v: 27n, r: ZeroHash, s: ZeroHash };
const QUOTE = { milliRatePerSecond: 1n, resourcesHash: ZeroHash, expiresAt: 2n ** 64n, salt: ZeroHash };

type OpenArguments = [bigint, string, bigint, bigint, string, string];

interface Trap {
  world: World;
  token: HookToken;
  coin: string;
  leaseId: bigint;
  offerId: bigint;
}

async function loadTrap(): Promise<Trap> {
  const world = await loadWorld();
  const token = await ethers.deployContract("HookToken", world.deployer);
  await fund(world, token);
  const offerId = await createOffer(world.market, world.owner, termsOf(token, { collateral: 0n }));
  await world.market.connect(world.tenant).deposit(token, usd(10));
  const leaseId = await openLease(world, { offerId });
  await startExisting(world, [leaseId]);
  await advance(1_000n);
  return { world, token, coin: await token.getAddress(), leaseId, offerId };
}

/** Every call that changes something, and every view of money, as an attacker would send it. */
function callsOf({ world, coin, leaseId, offerId }: Trap): [string, string][] {
  const { market, owner, tenant, operator } = world;
  const { interface: abi } = market;
  const quote = { ...QUOTE, offerId, tenant: tenant.address, leaseId };
  const open: OpenArguments = [offerId, owner.address, MAX_RATE, usd(1), MANIFEST, tenant.address];
  return [
    ["deposit", abi.encodeFunctionData("deposit", [coin, 1n])],
    ["withdraw", abi.encodeFunctionData("withdraw", [coin, 1n, tenant.address])],
    ["balanceOf", abi.encodeFunctionData("balanceOf", [coin, tenant.address])],
    ["register", abi.encodeFunctionData("register", [operator.address, 3_600n, "", ""])],
    ["setOperator", abi.encodeFunctionData("setOperator", [operator.address])],
    ["setEndpoint", abi.encodeFunctionData("setEndpoint", [""])],
    ["setMetadata", abi.encodeFunctionData("setMetadata", [""])],
    ["claimInstance", abi.encodeFunctionData("claimInstance", [owner.address, 0n])],
    ["stake", abi.encodeFunctionData("stake", [coin, 1n])],
    ["withdrawStake", abi.encodeFunctionData("withdrawStake", [coin, 0n, tenant.address])],
    ["stakeOf", abi.encodeFunctionData("stakeOf", [coin, owner.address])],
    ["createOffer", abi.encodeFunctionData("createOffer", [termsOf(coin), 1n, RESOURCES, METADATA])],
    ["setCapacity", abi.encodeFunctionData("setCapacity", [0n, offerId, 1n])],
    ["closeOffer", abi.encodeFunctionData("closeOffer", [0n, offerId])],
    ["open", abi.encodeFunctionData("open", open)],
    ["openFromBalance", abi.encodeFunctionData("openFromBalance", open)],
    ["openWithPermit", abi.encodeFunctionData("openWithPermit", [...open, PERMIT])],
    [
      "openWithQuote",
      abi.encodeFunctionData("openWithQuote", [
        quote,
        "0x",
        owner.address,
        MAX_RATE,
        1n,
        MANIFEST,
        tenant.address,
      ]),
    ],
    ["amend", abi.encodeFunctionData("amend", [leaseId, quote, "0x"])],
    ["cancelQuote", abi.encodeFunctionData("cancelQuote", [owner.address, 0n, ZeroHash])],
    ["setDelegate", abi.encodeFunctionData("setDelegate", [coin, operator.address, 1n, 1n])],
    ["delegateOf", abi.encodeFunctionData("delegateOf", [tenant.address, coin, operator.address])],
    ["openDispute", abi.encodeFunctionData("openDispute", [leaseId, 1n, ""])],
    ["rule", abi.encodeFunctionData("rule", [leaseId, 0n, ""])],
    ["expireDispute", abi.encodeFunctionData("expireDispute", [leaseId])],
    ["disputeOf", abi.encodeFunctionData("disputeOf", [leaseId])],
    ["start", abi.encodeFunctionData("start", [0n, []])],
    ["pause", abi.encodeFunctionData("pause", [0n, leaseId])],
    ["resume", abi.encodeFunctionData("resume", [0n, leaseId])],
    ["topUp", abi.encodeFunctionData("topUp", [leaseId, 1n])],
    ["topUpFromBalance", abi.encodeFunctionData("topUpFromBalance", [leaseId, 1n])],
    ["setManifest", abi.encodeFunctionData("setManifest", [leaseId, ZeroHash])],
    ["settle", abi.encodeFunctionData("settle", [[leaseId]])],
    ["claim", abi.encodeFunctionData("claim", [coin, [], tenant.address])],
    ["close", abi.encodeFunctionData("close", [leaseId])],
    ["closeByProvider", abi.encodeFunctionData("closeByProvider", [0n, [], 0n])],
    ["complete", abi.encodeFunctionData("complete", [0n, leaseId, 0n, ""])],
    ["releaseCollateral", abi.encodeFunctionData("releaseCollateral", [[leaseId]])],
    ["report", abi.encodeFunctionData("report", [owner.address, 0n, ZeroHash, "", []])],
    ["leaseSummary", abi.encodeFunctionData("leaseSummary", [leaseId])],
    ["leaseSummaries", abi.encodeFunctionData("leaseSummaries", [[leaseId]])],
    ["statusOf", abi.encodeFunctionData("statusOf", [leaseId])],
    ["accruedOf", abi.encodeFunctionData("accruedOf", [leaseId])],
    ["depletionOf", abi.encodeFunctionData("depletionOf", [leaseId])],
  ];
}

describe("a token that calls back in the middle of a transfer", () => {
  it("is refused by every function that changes something and every view of money", async () => {
    const trap = await loadTrap();
    const { world, token } = trap;
    for (const [name, data] of callsOf(trap)) {
      await token.connect(world.stranger).arm(world.market, data);
      const calls = await token.calls();
      await world.market.connect(world.tenant).deposit(token, 1n);
      expect([await token.calls(), await token.succeeded(), await token.answer()], name).to.deep.equal([
        calls + 1n,
        false,
        GUARD,
      ]);
    }
  });

  it("is tried against every function of the market that is not exempt by name", async () => {
    const trap = await loadTrap();
    const tried = callsOf(trap).map(([name]) => name);
    const exempt = [
      "DISPUTE_WINDOW",
      "LAPSE_PERIOD",
      "RULING_PERIOD",
      "clockOf",
      "eip712Domain",
      "hashQuote",
      "isQuoteSpent",
      "leaseCount",
      "offerCount",
      "offerOf",
      "providerOf",
      "verifyUsage",
      "version",
    ];
    const all: string[] = [];
    trap.world.market.interface.forEachFunction(({ name }) => all.push(name));
    expect([...tried, ...exempt].sort()).to.deep.equal(all.sort());
  });

  it("gains nothing on the way out either", async () => {
    const trap = await loadTrap();
    const { world, token, coin } = trap;
    const { market, tenant, payee } = world;
    const again = market.interface.encodeFunctionData("withdraw", [coin, usd(10), payee.address]);
    await token.connect(world.stranger).arm(market, again);
    await market.connect(tenant).withdraw(token, usd(10), payee);
    expect([await token.succeeded(), await token.answer()]).to.deep.equal([false, GUARD]);
    expect(await token.balanceOf(payee)).to.equal(usd(10));
    expect(await market.balanceOf(token, tenant)).to.equal(0n);
  });

  it("is held off while a lease is opened, topped up and claimed", async () => {
    const trap = await loadTrap();
    const { world, token, leaseId, offerId } = trap;
    const { market, owner, tenant } = world;
    await token
      .connect(world.stranger)
      .arm(market, market.interface.encodeFunctionData("settle", [[leaseId]]));
    const moves = [
      () => market.connect(tenant).open(offerId, owner, MAX_RATE, usd(1), MANIFEST, tenant),
      () => market.connect(tenant).topUp(leaseId, 1n),
      () => market.connect(owner).stake(token, 1n),
      () => market.connect(owner).withdrawStake(token, 1n, owner),
      () => market.connect(owner).claim(token, [leaseId], owner),
    ];
    for (const move of moves) {
      const calls = await token.calls();
      await move();
      expect([await token.calls(), await token.succeeded(), await token.answer()]).to.deep.equal([
        calls + 1n,
        false,
        GUARD,
      ]);
    }
  });
});
