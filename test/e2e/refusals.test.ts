// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  BerthError,
  createGatewayClient,
  manifestHash,
  marketCalls,
  newManifestDocument,
  parseCompose,
  sendCall,
  type Manifest,
  type ManifestDocument,
} from "@berth/sdk";
import { expect } from "chai";
import { bytesToHex, type Hex } from "viem";
import { createDocumentStore } from "../../cli/src/documents/store.ts";
import { deploy } from "../../cli/src/flows/deploy.ts";
import { approveExactly } from "../../cli/src/flows/token.ts";
import { localAccounts } from "../../scripts/demonstration/accounts.ts";
import { awaitNothingLeft } from "../../scripts/demonstration/leftovers.ts";
import { startOrchestrator } from "../../scripts/demonstration/orchestrator.ts";
import { mintMockUsd } from "../../scripts/demonstration/provider.ts";
import { closeLease, leaseHello, readLedger } from "../../scripts/demonstration/tenant.ts";
import { startEmptyRegistry, type EmptyRegistry } from "../helpers/empty-registry.ts";
import { eventually, standStage, type StandingStage } from "../helpers/stage.ts";

const DEPOSIT = 500_000n;

function manifestOf(image: string, memory = "64M"): Manifest {
  const service = `{ image: "${image}", deploy: { resources: { limits: { memory: "${memory}" } } } }`;
  return parseCompose(`name: refused\nservices:\n  web: ${service}\nx-berth: { deposit: "0.5" }\n`, {
    environment: {},
  });
}

async function refusalOf(work: Promise<unknown>): Promise<BerthError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(BerthError);
  const refusal = error as BerthError;
  for (const word of [refusal.message, refusal.atRisk, refusal.next]) expect(word).to.not.equal("");
  return refusal;
}

describe("what cannot be served", function () {
  this.timeout(240_000);
  const { signal } = new AbortController();
  let standing: StandingStage;
  let registry: EmptyRegistry;

  const session = () => {
    const { market, walletOf } = standing.stage.local;
    return { market, wallet: walletOf(localAccounts.tenant), startBlock: 0n };
  };
  const lease = (manifest: Manifest) => {
    const { market, contracts } = standing.stage.local;
    const place = { chainId: market.chainId, market: market.address };
    return deploy(
      {
        manifest,
        salt: bytesToHex(randomBytes(32)),
        offerId: standing.stage.offerId,
        token: contracts.token,
        maxRatePerHour: null,
        deposit: null,
      },
      {
        session: session(),
        store: createDocumentStore(join(standing.stage.folder, "tenant"), place),
        loginsFor: () => null,
        onProgress: () => undefined,
        now: () => performance.now(),
        timeoutMs: 60_000,
        signal,
      },
    );
  };
  const openFor = async (hash: Hex): Promise<bigint> => {
    const { market, wallet } = session();
    const { contracts, token, client } = standing.stage.local;
    await approveExactly(session(), { ...token, address: contracts.token }, DEPOSIT, signal);
    const opening = {
      offerId: standing.stage.offerId,
      provider: localAccounts.provider.address,
      maxMilliRate: 2n ** 74n - 1n,
      amount: DEPOSIT,
      manifestHash: hash,
      tenant: wallet.account.address,
    };
    const { events } = await sendCall(wallet, client, marketCalls(market.address).open(opening));
    const opened = events.find((event) => event.name === "LeaseOpened");
    return opened?.name === "LeaseOpened" ? opened.args.leaseId : 0n;
  };
  const gatewayOf = (leaseId: bigint) => {
    const { market, wallet } = session();
    const endpoint = standing.stage.orchestrator.gateway;
    const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));
    return createGatewayClient({
      endpoint,
      chainId: market.chainId,
      market: market.address,
      leaseId,
      signer: wallet,
      now,
    });
  };
  const freeBalance = (): Promise<bigint> => {
    const { market, contracts } = standing.stage.local;
    return market.balanceOf(contracts.token, localAccounts.tenant.address);
  };
  const documentOf = (manifest: Manifest): ManifestDocument =>
    newManifestDocument(manifest, bytesToHex(randomBytes(32)));

  before(async function () {
    standing = await standStage(this);
    registry = await startEmptyRegistry();
    const { stage } = standing;
    await stage.orchestrator.stop();
    const environment = { BERTH_LOCAL_REGISTRIES: `http://${registry.host}` };
    stage.orchestrator = await startOrchestrator({ ...stage.daemon, environment });
    const { client, contracts, walletOf } = standing.stage.local;
    const wallet = walletOf(localAccounts.tenant);
    await mintMockUsd(wallet, client, contracts.token, wallet.account.address, 10n * DEPOSIT);
  });

  after(async () => {
    await registry?.close();
    await standing?.takeDown();
  });

  it("declines a lease whose image does not exist, and every unit is the tenant's again", async () => {
    const free = await freeBalance();
    const refusal = await refusalOf(lease(manifestOf(`${registry.host}/nothing/here:1`)));
    expect(refusal.code).to.equal("E_LEASE_DECLINED");
    expect(refusal.message).to.match(/image/i);
    expect(await freeBalance()).to.equal(free + DEPOSIT);
    await awaitNothingLeft(standing.stage.runtime, AbortSignal.timeout(60_000));
  });

  it("refuses resources above the offer's before any money moves", async () => {
    const free = await freeBalance();
    const leases = await standing.stage.local.client.getBlockNumber({ cacheTime: 0 });
    const refusal = await refusalOf(lease(manifestOf("berth/hello:local", "4G")));
    expect(refusal.code).to.equal("E_RESOURCES_ABOVE_OFFER");
    expect(await freeBalance()).to.equal(free);
    expect(await standing.stage.local.client.getBlockNumber({ cacheTime: 0 })).to.be.at.least(leases);
  });

  it("refuses at the gateway a manifest that is not the lease's, and takes the right one after it", async () => {
    const right = documentOf(manifestOf("berth/hello:local"));
    const wrong = documentOf(manifestOf("berth/hello:local"));
    const leaseId = await openFor(manifestHash(right));
    const gateway = gatewayOf(leaseId);
    await eventually("the gateway knows the lease", () => gateway.status(signal).catch(() => null));
    const refusal = await refusalOf(gateway.putManifest(wrong, signal));
    expect(refusal.code).to.match(/HASH/);
    expect((await standing.stage.local.market.leaseSummary(leaseId)).status).to.equal("pending");
    await gateway.putManifest(right, signal);
    await eventually("it starts", async () => (await gateway.status(signal)).status === "active");
    await closeLease(standing.stage, leaseId);
    const { deposited, paid, refunded } = await readLedger(standing.stage, leaseId);
    expect(deposited)
      .to.equal(DEPOSIT)
      .and.equal(paid + refunded);
  });

  it("refuses at the gateway a manifest whose resources are above the offer's", async () => {
    const large = documentOf(manifestOf("berth/hello:local", "4G"));
    const leaseId = await openFor(manifestHash(large));
    const gateway = gatewayOf(leaseId);
    await eventually("the gateway knows the lease", () => gateway.status(signal).catch(() => null));
    expect((await refusalOf(gateway.putManifest(large, signal))).code).to.equal("E_RESOURCES_ABOVE_OFFER");
    expect((await standing.stage.local.market.leaseSummary(leaseId)).balance).to.equal(DEPOSIT);
  });

  it("lets nobody but the tenant read a lease", async () => {
    const { leaseId } = await leaseHello(standing.stage, () => undefined, signal);
    const { market, walletOf } = standing.stage.local;
    const stranger = createGatewayClient({
      endpoint: standing.stage.orchestrator.gateway,
      chainId: market.chainId,
      market: market.address,
      leaseId,
      signer: walletOf(localAccounts.deployer),
      now: () => BigInt(Math.floor(Date.now() / 1000)),
    });
    expect((await refusalOf(stranger.status(signal))).message).to.match(/tenant|sign/i);
    const lines = [];
    for await (const line of gatewayOf(leaseId).logs({ service: "web", tail: 10, follow: false }, signal))
      lines.push(line);
    expect(lines.map(({ text }) => text).join("\n")).to.match(/GET|listening|response/i);
    await closeLease(standing.stage, leaseId);
  });

  it("does not start on another chain, nor where there is no market, and says why", async () => {
    const { daemon, folder } = standing.stage;
    const elsewhere = { ...daemon, folder: join(folder, "another-chain"), chainId: 1 };
    const wrongChain = await startOrchestrator(elsewhere).catch((error: Error) => error);
    expect(wrongChain).to.be.instanceOf(Error).with.property("message").that.includes("E_WRONG_CHAIN");
    const noMarket = { ...daemon, folder: join(folder, "no-market"), market: localAccounts.tenant.address };
    const nothing = await startOrchestrator(noMarket).catch((error: Error) => error);
    expect(nothing).to.be.instanceOf(Error).with.property("message").that.includes("E_NO_CONTRACT");
  });
});
