// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import { HOST_UNKNOWN } from "../domain/host-terms.ts";
import { Daemon } from "../test/daemon.ts";
import { documentOf, webCompose } from "../test/manifests.ts";

describe("leases of an offer that claims an isolation tier", () => {
  it("are given back before they begin where the machine does not enforce it, and the tenant is told why", async () => {
    const daemon = new Daemon();
    daemon.tiers = ["runc"];
    daemon.market.tier = "gvisor";
    daemon.open(7n);
    await daemon.settle();
    expect(await daemon.containers(7n)).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal(["close 7 hardware"]);
    expect(daemon.changes()).to.deep.equal([]);
  });

  it("are served where it does", async () => {
    const daemon = new Daemon();
    daemon.tiers = ["runc"];
    daemon.open(7n);
    await daemon.settle();
    expect(await daemon.containers(7n)).to.have.length(1);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });

  it("are left running where the machine has lost it since they began", async () => {
    const daemon = new Daemon();
    daemon.open(7n);
    await daemon.settle();
    daemon.tiers = [];
    daemon.restart();
    daemon.changes();
    await daemon.settle();
    expect(await daemon.containers(7n)).to.have.length(1);
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });

  it("are neither begun nor given back while nobody has measured the machine", async () => {
    const daemon = new Daemon();
    daemon.obstacle = HOST_UNKNOWN;
    daemon.open(7n);
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal([]);
    expect(daemon.reconciler.view(7n)?.lastError?.code).to.equal("E_HOST_UNKNOWN");
    daemon.obstacle = null;
    await daemon.settle();
    expect(await daemon.containers(7n)).to.have.length(1);
  });

  it("are neither begun nor given back while the offer cannot be read", async () => {
    const daemon = new Daemon();
    const offerMetadata = daemon.market.offerMetadata.bind(daemon.market);
    const away = new RetryableError("E_RPC_UNREACHABLE", "No RPC answers.", {
      atRisk: "nothing",
      next: "Wait.",
    });
    daemon.market.offerMetadata = () => Promise.reject(away);
    daemon.open(7n);
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal([]);
    expect(await daemon.containers(7n)).to.deep.equal([]);
    daemon.market.offerMetadata = offerMetadata;
    await daemon.settle();
    expect(await daemon.containers(7n)).to.have.length(1);
  });

  it("are refused where the manifest needs more than the offer claims, as the manifest's fault", async () => {
    const daemon = new Daemon();
    const document = documentOf(`${webCompose()}\nx-berth: { tier: gvisor }\n`);
    daemon.open(7n, {}, document);
    await daemon.settle();
    expect(await daemon.containers(7n)).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal(["close 7 manifest"]);
  });
});
