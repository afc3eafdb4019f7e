// SPDX-License-Identifier: Apache-2.0
import { BerthError, getMarketEvents, type MarketEvent } from "@berth/sdk";
import { expect } from "chai";
import { jsonLines, runInside } from "../../cli/src/testing/run-berth.ts";
import { localAccounts, privateKeyOf } from "../../scripts/demonstration/accounts.ts";
import { awaitNothingLeft } from "../../scripts/demonstration/leftovers.ts";
import { startOrchestrator } from "../../scripts/demonstration/orchestrator.ts";
import { leaseHello, readLedger } from "../../scripts/demonstration/tenant.ts";
import { eventually, standStage, type StandingStage } from "../helpers/stage.ts";

describe("a provider who takes one lease of a tenant, and then empties his machine", function () {
  this.timeout(240_000);
  const signal = new AbortController().signal;
  let standing: StandingStage;
  let leaseId: bigint;

  const running = async (): Promise<readonly (number | null)[]> => {
    const workloads = await standing.stage.runtime.observe(signal);
    return workloads.flatMap(({ containers }) => containers.map(({ startedAt }) => startedAt));
  };
  const events = async (): Promise<readonly MarketEvent[]> => {
    const { client, contracts } = standing.stage.local;
    const toBlock = await client.getBlockNumber({ cacheTime: 0 });
    return getMarketEvents(client, { address: contracts.market, fromBlock: 0n, toBlock });
  };

  before(async function () {
    standing = await standStage(this);
    const { stage } = standing;
    await stage.orchestrator.stop();
    const environment = { BERTH_LEASES_PER_TENANT: "1" };
    stage.orchestrator = await startOrchestrator({ ...stage.daemon, environment });
    leaseId = (await leaseHello(stage, () => undefined, signal)).leaseId;
  });
  after(() => standing?.takeDown());

  it("gives a second lease back whole, tells its tenant why, and leaves the first as it is", async () => {
    const before = await running();
    expect(before).to.have.length(1);
    const refusal = await leaseHello(standing.stage, () => undefined, signal).catch(
      (error: unknown) => error,
    );
    if (!(refusal instanceof BerthError)) throw new Error("the second lease was served");
    expect(refusal.code).to.equal("E_UPLOAD_REFUSED");
    expect(refusal.facts).to.include({ refusal: "E_TENANT_LEASES_TOO_MANY" });
    const second = BigInt(String(refusal.facts?.["leaseId"]));
    const isOver = ({ name, args }: MarketEvent) => name === "LeaseClosed" && args.leaseId === second;
    await eventually("the lease is given back", async () => (await events()).some(isOver));
    const { deposited, paid, refunded } = await readLedger(standing.stage, second);
    expect({ paid, refunded }).to.deep.equal({ paid: 0n, refunded: deposited });
    expect(await running()).to.deep.equal(before);
  });

  it("drains with the owner's key while the daemon goes on, which clears everything away", async () => {
    const { stage } = standing;
    const { rpcUrl, market, provider, chainId } = stage.daemon;
    const place = {
      folder: stage.folder,
      environment: {
        BERTH_RPC_URL: rpcUrl,
        BERTH_CHAIN_ID: String(chainId),
        BERTH_MARKET: market,
        BERTH_PROVIDER: provider,
        BERTH_PRIVATE_KEY: privateKeyOf(localAccounts.provider),
      },
    };
    const ran = await runInside(["provider", "drain", "--close", "--yes", "--json"], place);
    expect(ran.code, ran.stdout + ran.stderr).to.equal(0);
    const steps = jsonLines<{ step: string; leaseId?: string; reason?: string }>(ran);
    expect(steps.map(({ step }) => step)).to.deep.equal(["stopped", "waiting", "ended", "drained"]);
    expect(steps[2]).to.include({ leaseId: String(leaseId), reason: "providerClosed" });
    await awaitNothingLeft(stage.runtime, AbortSignal.timeout(60_000));
    const { deposited, paid, refunded } = await readLedger(stage, leaseId);
    expect(paid + refunded).to.equal(deposited);
    const reports = async (): Promise<number> =>
      (await events()).filter(({ name }) => name === "ProviderReported").length;
    const before = await reports();
    await eventually("the daemon reports on", async () => (await reports()) > before);
    expect((await events()).filter(({ name }) => name === "LeaseClosed")).to.have.length(2);
  });
});
