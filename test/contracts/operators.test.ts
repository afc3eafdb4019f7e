// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { startLease } from "../helpers/leases.ts";
import { loadWorld } from "../helpers/world.ts";

describe("setOperator", () => {
  it("names another key and adds 1 to the instance", async () => {
    const { market, owner, payee } = await loadWorld();
    await expect(market.connect(owner).setOperator(payee))
      .to.emit(market, "ProviderOperatorChanged")
      .withArgs(owner, payee, 1n);
    const summary = await market.providerOf(owner);
    expect([summary.operator, summary.instance]).to.deep.equal([payee.address, 1n]);
  });

  it("shuts the earlier operator out in the same block", async () => {
    const { market, owner, operator, payee } = await loadWorld();
    await market.connect(owner).setOperator(payee);
    await expect(market.connect(operator).report(owner, 1n, ZeroHash, "", []))
      .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
      .withArgs(owner, operator);
  });

  it("shuts out a daemon that still runs with the same key", async () => {
    const { market, owner, operator } = await loadWorld();
    await market.connect(owner).setOperator(operator);
    await expect(market.connect(operator).report(owner, 0n, ZeroHash, "", []))
      .to.be.revertedWithCustomError(market, "ProviderInstanceStale")
      .withArgs(owner, 0n, 1n);
  });

  it("needs no instance, so that a thief who claims instances cannot lock the owner out", async () => {
    const { market, owner, operator, payee } = await loadWorld();
    await market.connect(operator).claimInstance(owner, 0n);
    await market.connect(operator).claimInstance(owner, 1n);
    await expect(market.connect(owner).setOperator(payee))
      .to.emit(market, "ProviderOperatorChanged")
      .withArgs(owner, payee, 3n);
  });

  it("names nobody: then the owner alone may act", async () => {
    const { market, owner, operator } = await loadWorld();
    await market.connect(owner).setOperator(ZeroAddress);
    await expect(market.connect(operator).report(owner, 1n, ZeroHash, "", []))
      .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
      .withArgs(owner, operator);
    await expect(market.connect(owner).report(owner, 1n, ZeroHash, "", [])).to.emit(
      market,
      "ProviderReported",
    );
  });

  it("refuses everybody who is not registered, the operator included", async () => {
    const { market, operator, stranger } = await loadWorld();
    for (const caller of [operator, stranger]) {
      await expect(market.connect(caller).setOperator(caller))
        .to.be.revertedWithCustomError(market, "ProviderUnknown")
        .withArgs(caller);
    }
  });
});

describe("claimInstance", () => {
  it("takes over under the next number", async () => {
    const { market, owner, operator } = await loadWorld();
    expect(await market.connect(operator).claimInstance.staticCall(owner, 0n)).to.equal(1n);
    await expect(market.connect(operator).claimInstance(owner, 0n))
      .to.emit(market, "ProviderInstanceClaimed")
      .withArgs(owner, 1n, operator);
    expect((await market.providerOf(owner)).instance).to.equal(1n);
  });

  it("lets one of two racing daemons win", async () => {
    const { market, owner, operator } = await loadWorld();
    await market.connect(operator).claimInstance(owner, 0n);
    await expect(market.connect(owner).claimInstance(owner, 0n))
      .to.be.revertedWithCustomError(market, "ProviderInstanceStale")
      .withArgs(owner, 0n, 1n);
  });

  it("refuses an instance that is yet to come", async () => {
    const { market, owner, operator } = await loadWorld();
    await expect(market.connect(operator).claimInstance(owner, 1n))
      .to.be.revertedWithCustomError(market, "ProviderInstanceStale")
      .withArgs(owner, 1n, 0n);
  });

  it("refuses a number that only looks current in 32 bits", async () => {
    const { market, owner, operator } = await loadWorld();
    await expect(market.connect(operator).claimInstance(owner, 2n ** 32n))
      .to.be.revertedWithCustomError(market, "ProviderInstanceStale")
      .withArgs(owner, 2n ** 32n, 0n);
  });

  it("refuses strangers, other operators and unknown providers", async () => {
    const { market, owner, rivalOperator, stranger } = await loadWorld();
    for (const caller of [rivalOperator, stranger]) {
      await expect(market.connect(caller).claimInstance(owner, 0n))
        .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
        .withArgs(owner, caller);
    }
    await expect(market.connect(stranger).claimInstance(stranger, 0n))
      .to.be.revertedWithCustomError(market, "ProviderUnknown")
      .withArgs(stranger);
  });

  it("fences every call of an older instance, the owner's included", async () => {
    const world = await loadWorld();
    const { market, owner, operator, offerId } = world;
    const leaseId = await startLease(world);
    await market.connect(operator).claimInstance(owner, 0n);
    for (const caller of [owner, operator]) {
      const old = market.connect(caller);
      for (const call of [
        () => old.report(owner, 0n, ZeroHash, "", []),
        () => old.start(0n, [leaseId]),
        () => old.pause(0n, leaseId),
        () => old.resume(0n, leaseId),
        () => old.closeByProvider(0n, [leaseId], 0n),
        () => old.complete(0n, leaseId, 0n, ""),
        () => old.setCapacity(0n, offerId, 1n),
        () => old.closeOffer(0n, offerId),
        () => old.claimInstance(owner, 0n),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(market, "ProviderInstanceStale")
          .withArgs(owner, 0n, 1n);
      }
    }
  });
});
