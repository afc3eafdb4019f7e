// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { ObservedVolume } from "../domain/observed.ts";
import { Daemon } from "../test/daemon.ts";
import { documentOf, webCompose } from "../test/manifests.ts";

const lease = 7n;
const never = new AbortController().signal;
const VOLUMES = `volumes: { data: { x-berth: { size: 32M } }, rest: }\n`;
const COMPOSE = `${webCompose()}    volumes: ["data:/data", "rest:/rest"]\n${VOLUMES}`;
const WHOLE: readonly ObservedVolume[] = [
  { name: "data", sizeMiB: 32, isWhole: true },
  { name: "rest", sizeMiB: 992, isWhole: true },
];

async function volumesOf(daemon: Daemon): Promise<readonly ObservedVolume[]> {
  const workloads = await daemon.runtime.observe(never);
  return workloads.find(({ leaseId }) => leaseId === lease)?.volumes ?? [];
}

describe("volumes with a size of a lease that is depleted", () => {
  let daemon: Daemon;

  beforeEach(async () => {
    daemon = new Daemon();
    daemon.market.retention = 1_000n;
    daemon.open(lease, {}, documentOf(COMPOSE));
    await daemon.settle();
    expect(await volumesOf(daemon)).to.deep.equal(WHOLE);
  });

  const deplete = async (clockNow: bigint): Promise<void> => {
    daemon.market.set(lease, { status: "depleted", depletionClock: 5_000n, clockNow });
    await daemon.settle();
  };

  it("stay as they are until retention ends, while nothing runs", async () => {
    await deplete(5_999n);
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["exited"]);
    expect(await volumesOf(daemon)).to.deep.equal(WHOLE);
  });

  it("are there again for a lease that is topped up in time", async () => {
    await deplete(5_500n);
    daemon.market.set(lease, { status: "active", depletionClock: 1_000_000n, clockNow: 5_600n });
    await daemon.settle();
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    expect(await volumesOf(daemon)).to.deep.equal(WHOLE);
  });

  it("are destroyed once retention has ended and the lease is closed for good", async () => {
    await deplete(6_000n);
    await daemon.settle();
    expect(await volumesOf(daemon)).to.deep.equal([]);
    expect(daemon.engine.volumes.size).to.equal(0);
  });

  it("are kept over a manifest that no longer names one of them, and over one that names it again", async () => {
    const less = `${webCompose("hello:2")}    volumes: ["data:/data"]\nvolumes: { data: { x-berth: { size: 32M } } }\n`;
    daemon.open(lease, { status: "active" }, documentOf(less, "6b"));
    await daemon.settle();
    expect(await volumesOf(daemon)).to.deep.equal(WHOLE);
    daemon.open(lease, { status: "active" }, documentOf(COMPOSE));
    await daemon.settle();
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    expect(await volumesOf(daemon)).to.deep.equal(WHOLE);
  });
});
