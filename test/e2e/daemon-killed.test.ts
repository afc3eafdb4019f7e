// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { awaitNothingLeft } from "../../scripts/demonstration/leftovers.ts";
import { startOrchestrator } from "../../scripts/demonstration/orchestrator.ts";
import { claimEarnings, closeLease, leaseHello, readLedger } from "../../scripts/demonstration/tenant.ts";
import { eventually, standStage, type StandingStage } from "../helpers/stage.ts";

interface Process {
  readonly containerId: string;
  readonly pid: number;
  readonly startedAt: string;
}

describe("a daemon that is killed in the middle of a lease", function () {
  this.timeout(180_000);
  const signal = new AbortController().signal;
  let standing: StandingStage;
  let leaseId: bigint;
  let url: string;
  let first: Process;

  async function tenantsProcess(): Promise<Process> {
    const [workload] = await standing.stage.runtime.observe(signal);
    const containerId = workload?.containers[0]?.id ?? "";
    const { State } = await connectEngine({}).docker.getContainer(containerId).inspect();
    return { containerId, pid: State.Pid, startedAt: State.StartedAt };
  }

  before(async function () {
    standing = await standStage(this);
    const deployment = await leaseHello(standing.stage, () => undefined, signal);
    leaseId = deployment.leaseId;
    url = deployment.url ?? "";
    first = await tenantsProcess();
    await standing.stage.orchestrator.kill();
  });

  after(() => standing?.takeDown());

  it("leaves the container serving, under its own pid", async () => {
    expect(await tenantsProcess()).to.deep.equal(first);
    expect((await fetch(url)).status).to.equal(200);
  });

  it("leaves the lease its money", async () => {
    const { status, balance } = await standing.stage.local.market.leaseSummary(leaseId);
    const { deposited, paid } = await readLedger(standing.stage, leaseId);
    expect(status).to.equal("active");
    expect(balance + paid).to.equal(deposited);
  });

  it("is adopted by the next daemon without a touch, which goes on reporting", async () => {
    const { reports } = await readLedger(standing.stage, leaseId);
    standing.stage.orchestrator = await startOrchestrator(standing.stage.daemon);
    await eventually(
      "the new daemon reports",
      async () => (await readLedger(standing.stage, leaseId)).reports > reports + 1,
    );
    expect(await tenantsProcess()).to.deep.equal(first);
    expect(await standing.stage.runtime.observe(signal)).to.have.length(1);
  });

  it("ends like any other: cleared away, and every unit shared out", async () => {
    await closeLease(standing.stage, leaseId);
    await awaitNothingLeft(standing.stage.runtime, AbortSignal.timeout(60_000));
    const { deposited, paid, refunded } = await readLedger(standing.stage, leaseId);
    expect(paid + refunded).to.equal(deposited);
    expect(await claimEarnings(standing.stage, leaseId)).to.equal(paid);
  });
});
