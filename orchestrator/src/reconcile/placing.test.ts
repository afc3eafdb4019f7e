// SPDX-License-Identifier: Apache-2.0
import type { Capacity, Gpu } from "@berth/sdk/hardware";
import { expect } from "chai";
import { AMPLE, Daemon } from "../test/daemon.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { identity } from "../test/daemon.ts";
import { provider } from "../test/builders.ts";
import { documentOf } from "../test/manifests.ts";

const lease = 7n;
const next = 8n;
const gpu = (uuid: string): Gpu => ({
  ...{ vendor: "nvidia", uuid, model: "nvidia-t4", memoryMiB: 15_360, driver: "580", fault: null },
});
const withGpus = (...uuids: readonly string[]): Capacity => ({ ...AMPLE, gpus: uuids.map(gpu) });
const asking = (...counts: readonly number[]) => {
  const services = counts.map((count, index) => {
    const device = `{ driver: nvidia, count: ${count}, capabilities: [gpu] }`;
    const deploy = count === 0 ? "" : `, deploy: { resources: { reservations: { devices: [${device}] } } }`;
    return `  s${index}: { image: "hello:1", restart: always${deploy} }`;
  });
  return documentOf(`name: hello\nservices:\n${services.join("\n")}\n`);
};
const gpusOf = async (daemon: Daemon, leaseId: bigint) =>
  (await daemon.containers(leaseId)).map(({ service, gpus = [] }) => [service, ...gpus]);

function gpuDaemon(gpuCount: number, ...uuids: readonly string[]): Daemon {
  const daemon = new Daemon();
  daemon.capacity = withGpus(...uuids);
  daemon.market.resources = { ...daemon.market.resources, gpuCount, gpuModel: "nvidia-t4" };
  return daemon;
}

describe("a lease that the machine has no room for", () => {
  it("is given back before anything is made for it, and its tenant is told what is short", async () => {
    const daemon = new Daemon();
    daemon.capacity = { ...AMPLE, cpuMillis: 1_500 };
    daemon.open(lease);
    await daemon.settle();
    daemon.changes();
    daemon.open(next);
    await daemon.pass();
    expect(daemon.reconciler.view(next)?.fault).to.include({ code: "E_MACHINE_FULL", cause: "capacity" });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal(["start 7", "close 8 capacity"]);
  });

  it("is taken once another has ended", async () => {
    const daemon = new Daemon();
    daemon.capacity = { ...AMPLE, cpuMillis: 1_500 };
    daemon.open(lease);
    await daemon.settle();
    daemon.market.set(lease, { status: "closed" });
    daemon.open(next);
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7", "start 8"]);
  });

  it("waits, and is not turned away, while nobody knows what the machine has", async () => {
    const daemon = new Daemon();
    daemon.capacity = null;
    daemon.open(lease);
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.reconciler.view(lease)?.lastError).to.include({ code: "E_CAPACITY_UNKNOWN" });
    daemon.capacity = AMPLE;
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });

  it("that was begun goes on, however small the machine is said to be", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    await daemon.settle();
    daemon.capacity = { ...AMPLE, cpuMillis: 10 };
    daemon.restart();
    await daemon.settle();
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });
});

describe("GPUs of leases", () => {
  it("are given to one lease each, and to its services as they ask", async () => {
    const daemon = gpuDaemon(2, "GPU-1", "GPU-2", "GPU-3", "GPU-4");
    daemon.open(lease, {}, asking(1, 0, 1));
    daemon.open(next, {}, asking(2));
    await daemon.settle();
    expect(await gpusOf(daemon, lease)).to.have.deep.members([["s0", "GPU-1"], ["s1"], ["s2", "GPU-2"]]);
    expect(await gpusOf(daemon, next)).to.deep.equal([["s0", "GPU-3", "GPU-4"]]);
    daemon.open(9n, {}, asking(1));
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7", "start 8", "close 9 capacity"]);
  });

  it("stay a lease's own over a restart and a new manifest, though others come free", async () => {
    const daemon = gpuDaemon(1, "GPU-1", "GPU-2");
    daemon.open(lease, {}, asking(1));
    daemon.open(next, {}, asking(1));
    await daemon.settle();
    daemon.market.set(lease, { status: "closed" });
    await daemon.settle();
    daemon.restart();
    daemon.open(next, { status: "active" }, asking(0, 1));
    await daemon.settle();
    expect(await gpusOf(daemon, next)).to.have.deep.members([["s0"], ["s1", "GPU-2"]]);
  });

  it("are learnt from the containers' labels where the journal was lost, and given to nobody else", async () => {
    const daemon = gpuDaemon(1, "GPU-1", "GPU-2");
    daemon.open(next, {}, asking(1));
    await daemon.settle();
    daemon.market.set(next, { status: "active" });
    Object.assign(daemon, { journal: openJournal(":memory:", { ...identity, provider }) });
    daemon.restart();
    daemon.open(lease, {}, asking(1));
    daemon.open(next, { status: "active" }, asking(1));
    await daemon.settle();
    expect(daemon.journal.gpus(next)).to.deep.equal([{ vendor: "nvidia", uuid: "GPU-1" }]);
    expect(await gpusOf(daemon, lease)).to.deep.equal([["s0", "GPU-2"]]);
  });

  it("that are lost make an outage: the lease is not served, its tenant is told, and nothing is stopped", async () => {
    const daemon = gpuDaemon(1, "GPU-1", "GPU-2");
    daemon.open(lease, {}, asking(1));
    await daemon.settle();
    daemon.market.set(lease, { status: "paused" });
    daemon.capacity = withGpus("GPU-2");
    await daemon.settle();
    const [workload] = await daemon.runtime.observeContainers(new AbortController().signal);
    expect(workload && daemon.reconciler.isServed(lease, workload)).to.equal(false);
    expect(daemon.reconciler.view(lease)?.exit).to.include({ code: "E_GPU_LOST" });
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    daemon.capacity = withGpus("GPU-1", "GPU-2");
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7", "resume 7"]);
    expect(daemon.reconciler.view(lease)?.exit).to.equal(null);
  });

  it("that are lost keep new leases with GPUs waiting, and no others", async () => {
    const daemon = gpuDaemon(1, "GPU-1", "GPU-2");
    daemon.open(lease, {}, asking(1));
    await daemon.settle();
    daemon.capacity = withGpus("GPU-2");
    daemon.open(next, {}, asking(1));
    await daemon.settle();
    expect(daemon.reconciler.view(next)?.lastError).to.include({ code: "E_GPU_LOST" });
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    daemon.capacity = withGpus("GPU-1", "GPU-2");
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7", "start 8"]);
  });

  it("that nobody can see at the moment are not billed, and are no fact: nothing is stopped", async () => {
    const daemon = gpuDaemon(1, "GPU-1");
    daemon.open(lease, {}, asking(1));
    await daemon.settle();
    daemon.capacity = null;
    await daemon.settle();
    expect(daemon.reconciler.view(lease)).to.deep.include({ isUnhealthy: true });
    expect(daemon.reconciler.view(lease)?.exit).to.include({ code: "E_GPUS_UNREADABLE" });
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
  });
});
