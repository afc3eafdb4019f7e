// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  http,
  keccak256,
  parseGwei,
  type PublicClient,
  zeroAddress,
  zeroHash,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { type ChainNode, startChainNode } from "../../scripts/lib/chain-node.ts";
import { createMarketWorld, type MarketWorld, offerDraft } from "../../test/helpers/market-world.ts";
import { connectMarket } from "./connect-market.ts";
import { type BerthError, PermanentError, RetryableError, UserError } from "./errors.ts";
import { type GatewayRequest } from "./gateway/request.ts";
import { signGatewayRequest } from "./gateway/sign.ts";
import { verifyGatewayRequest } from "./gateway/verify.ts";
import { approveCall } from "./market-calls.ts";
import { type ContractCall, sendCall } from "./market-writer.ts";

/** Answers every `isValidSignature` with a word: 0x1626ba7e accepts. */
const walletCode = (word: string) => `0x63${word}60e01b60005260206000f3` as const;

describe("refusals of a real chain, in words", function () {
  this.timeout(60_000);
  let node: ChainNode;
  let world: MarketWorld;

  before(async () => {
    node = await startChainNode();
    world = await createMarketWorld(node.url);
    const { calls, provider, operator, send, local } = world;
    await send(provider, calls.register({ operator, reportPeriod: 600n, endpoint: "", metadataURI: "" }));
    await send(provider, calls.createOffer({ ...offerDraft(local.token), capacity: 1n }));
  });

  after(() => node?.stop());

  const opening = (tenant: Address, amount = 1_000_000n) =>
    world.calls.open({
      offerId: 1n,
      provider: world.provider,
      maxMilliRate: 277_778n,
      amount,
      manifestHash: zeroHash,
      tenant,
    });

  /** The refusal of a call; nothing of it may have come into a block. */
  async function refusal(from: Address, call: ContractCall): Promise<BerthError> {
    const count = (): Promise<number> => world.client.getTransactionCount({ address: from });
    const before = await count();
    const error: unknown = await world.send(from, call).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(UserError);
    expect(await count()).to.equal(before);
    return error as BerthError;
  }

  it("stake, allowance, money, places and terms that are missing are each named, and nothing is sent", async () => {
    const { calls, provider, operator, tenant, stranger, send, local } = world;
    expect((await refusal(tenant, opening(tenant))).code).to.equal("E_STAKE_INSUFFICIENT");
    await send(provider, calls.stake(local.token, 10_000_000n));
    expect((await refusal(stranger, opening(stranger))).code).to.equal("E_ERC20_INSUFFICIENT_ALLOWANCE");
    await send(stranger, approveCall(local.token, local.market, 1_000_000n));
    expect((await refusal(stranger, opening(stranger))).code).to.equal("E_ERC20_INSUFFICIENT_BALANCE");
    expect((await refusal(tenant, opening(stranger))).code).to.equal("E_DELEGATE_NOT_AUTHORIZED");
    expect((await refusal(tenant, opening(tenant, 1n))).facts).to.include({ minimum: "166667" });
    await send(tenant, opening(tenant));
    expect((await refusal(tenant, opening(tenant))).code).to.equal("E_OFFER_FULL");
    expect((await refusal(operator, calls.start(5n, [1n]))).code).to.equal("E_PROVIDER_INSTANCE_STALE");
    expect((await refusal(stranger, calls.start(0n, [1n]))).code).to.equal(
      "E_PROVIDER_CALLER_NOT_AUTHORIZED",
    );
    expect((await refusal(tenant, calls.close(1n))).code).to.equal("E_LEASE_START_PENDING");
    expect((await refusal(tenant, calls.withdraw(local.token, 1n, zeroAddress))).code).to.equal(
      "E_ESCROW_RECIPIENT_INVALID",
    );
    expect((await refusal(provider, calls.createOffer({ ...offerDraft(stranger) }))).code).to.equal(
      "E_OFFER_TOKEN_INVALID",
    );
  });

  it("a start too late and a silent provider are told from each other", async () => {
    const { calls, operator, tenant, send, local, provider } = world;
    await local.client.increaseTime({ seconds: 301 });
    await local.client.mine({ blocks: 1 });
    expect((await refusal(operator, calls.start(0n, [1n]))).code).to.equal("E_LEASE_START_TOO_LATE");
    await send(tenant, calls.close(1n));
    await local.client.increaseTime({ seconds: 601 });
    await local.client.mine({ blocks: 1 });
    const silent = await refusal(tenant, opening(tenant));
    expect(silent.code).to.equal("E_PROVIDER_SILENT");
    expect(silent.facts).to.include({ provider, reportPeriod: "600" });
    expect((await refusal(operator, calls.pause(0n, 1n))).message).to.equal(
      "Lease 1 is closed; this can be done only while it is active or lapsed.",
    );
  });

  it("a sender without gas money is told so", async () => {
    const account = privateKeyToAccount(generatePrivateKey());
    const wallet = createWalletClient({ account, chain: foundry, transport: http(node.url) });
    const error: unknown = await sendCall(wallet, world.client, world.calls.settle([])).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_GAS_MONEY_INSUFFICIENT");
  });

  it("a call whose signal is over is not sent", async () => {
    const wallet = createWalletClient({ account: world.tenant, chain: foundry, transport: http(node.url) });
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    const error: unknown = await sendCall(wallet, world.client, world.calls.settle([]), { signal }).catch(
      (failure: unknown) => failure,
    );
    expect(error).to.equal(reason);
  });

  it("a call that another transaction of the account pushed out is not reported as done", async () => {
    const { client, local, stranger, calls } = world;
    const { fetchFn, asked } = watchFetch("eth_getTransactionByHash");
    const waiting = createPublicClient({
      chain: foundry,
      transport: http(node.url, { fetchFn }),
      pollingInterval: 20,
    });
    const wallet = createWalletClient({ account: stranger, chain: foundry, transport: http(node.url) });
    const nonce = await client.getTransactionCount({ address: stranger });
    await local.client.setIntervalMining({ interval: 0 });
    await local.client.setAutomine(false);
    const sending = sendCall(wallet, waiting, calls.settle([])).catch((failure: unknown) => failure);
    await asked;
    const fees = { maxFeePerGas: parseGwei("900"), maxPriorityFeePerGas: parseGwei("800") };
    await wallet.sendTransaction({ to: stranger, value: 0n, nonce, gas: 21_000n, ...fees });
    await local.client.mine({ blocks: 1 });
    await local.client.setAutomine(true);
    expect(await sending)
      .to.be.instanceOf(PermanentError)
      .with.property("code", "E_TRANSACTION_REPLACED");
  });

  it("a wrong chain, an empty address and a foreign contract are refused on connecting", async () => {
    const { client, market, stranger, local } = world;
    const connect = (address: Address, chainId: number, reader: PublicClient = client): Promise<unknown> =>
      connectMarket({ client: reader, address, chainId }).catch((failure: unknown) => failure);
    const wrongs = [
      [market.address, 1, "E_WRONG_CHAIN"],
      [stranger, foundry.id, "E_NO_CONTRACT"],
      [local.token, foundry.id, "E_WRONG_CONTRACT"],
    ] as const;
    for (const [address, chainId, code] of wrongs) {
      expect(await connect(address, chainId))
        .to.be.instanceOf(UserError)
        .with.property("code", code);
    }
    const dead = createPublicClient({ transport: http("http://key@127.0.0.1:9/secret", { retryCount: 0 }) });
    const error = await connect(market.address, foundry.id, dead);
    expect(error).to.be.instanceOf(RetryableError).with.property("code", "E_RPC_UNREACHABLE");
    expect(String(error))
      .to.include("http://127.0.0.1:9 ")
      .and.not.to.match(/key|secret/);
  });

  it("a gateway request of a contract wallet counts when the wallet says so, and only then", async () => {
    const signer = privateKeyToAccount(generatePrivateKey());
    const request: GatewayRequest = {
      chainId: foundry.id,
      market: world.market.address,
      leaseId: 1n,
      method: "GET",
      path: "/v1/leases/1/status",
      bodyHash: keccak256("0x"),
      expiresAt: 1n,
    };
    const signature = (await signGatewayRequest(signer, request))["x-berth-signature"];
    const wallet = "0x6600000000000000000000000000000000000066";
    const verify = (): Promise<boolean> => verifyGatewayRequest(world.client, request, signature, wallet);
    expect(await verify(), "no code").to.equal(false);
    await world.local.client.setCode({ address: wallet, bytecode: walletCode("1626ba7e") });
    expect(await verify(), "accepts").to.equal(true);
    await world.local.client.setCode({ address: wallet, bytecode: walletCode("ffffffff") });
    expect(await verify(), "refuses").to.equal(false);
    await world.local.client.setCode({ address: wallet, bytecode: "0x60006000fd" });
    expect(await verify(), "reverts").to.equal(false);
  });
});

/** A fetch that tells when a method's answer has been there for a moment. */
function watchFetch(method: string): { readonly fetchFn: typeof fetch; readonly asked: Promise<void> } {
  let resolve: () => void;
  const asked = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  const fetchFn: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (typeof init?.body === "string" && init.body.includes(method)) setTimeout(resolve, 50);
    return response;
  };
  return { fetchFn, asked };
}
