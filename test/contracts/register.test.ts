// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { plain } from "../helpers/plain.ts";
import { HOUR, MINUTE, advance, now } from "../helpers/time.ts";
import { ENDPOINT, METADATA, REPORT_PERIOD, loadWorld } from "../helpers/world.ts";

describe("register", () => {
  it("makes the caller a provider whose clock starts at 0", async () => {
    const { market, stranger, payee } = await loadWorld();
    await expect(market.connect(stranger).register(payee, REPORT_PERIOD, ENDPOINT, METADATA))
      .to.emit(market, "ProviderRegistered")
      .withArgs(stranger, payee, REPORT_PERIOD, ENDPOINT, METADATA);
    expect(plain(await market.providerOf(stranger))).to.deep.equal({
      operator: payee.address,
      reportPeriod: REPORT_PERIOD,
      instance: 0n,
      sequence: 0n,
      lastReportAt: now(),
      clock: 0n,
      clockNow: 0n,
      silent: false,
      lapsed: false,
    });
  });

  it("lets the clock run from the registration on, as if it were a report", async () => {
    const { market, stranger } = await loadWorld();
    await market.connect(stranger).register(ZeroAddress, REPORT_PERIOD, "", "");
    await advance(REPORT_PERIOD);
    expect(await market.clockOf(stranger)).to.equal(REPORT_PERIOD);
    await advance(1n);
    expect(await market.clockOf(stranger)).to.equal(REPORT_PERIOD);
    expect((await market.providerOf(stranger)).silent).to.equal(true);
  });

  it("takes a provider without an operator, and one operator for many providers", async () => {
    const { market, owner, operator, stranger, payee } = await loadWorld();
    await market.connect(stranger).register(ZeroAddress, REPORT_PERIOD, "", "");
    await market.connect(payee).register(operator, REPORT_PERIOD, "", "");
    expect((await market.providerOf(stranger)).operator).to.equal(ZeroAddress);
    expect((await market.providerOf(payee)).operator).to.equal((await market.providerOf(owner)).operator);
  });

  it("takes report periods of 10 minutes to 6 hours, both included", async () => {
    const { market, stranger, payee } = await loadWorld();
    await market.connect(stranger).register(ZeroAddress, 10n * MINUTE, "", "");
    await market.connect(payee).register(ZeroAddress, 6n * HOUR, "", "");
    expect((await market.providerOf(stranger)).reportPeriod).to.equal(600n);
    expect((await market.providerOf(payee)).reportPeriod).to.equal(21_600n);
  });

  it("refuses report periods outside the bounds", async () => {
    const { market, stranger } = await loadWorld();
    for (const period of [0n, 599n, 21_601n, 65_536n + 600n, 2n ** 256n - 1n]) {
      await expect(market.connect(stranger).register(ZeroAddress, period, "", ""))
        .to.be.revertedWithCustomError(market, "ProviderReportPeriodOutOfBounds")
        .withArgs(period, 600n, 21_600n);
    }
  });

  it("refuses a second registration, which would rewind the clock", async () => {
    const { market, owner, operator } = await loadWorld();
    await expect(market.connect(owner).register(operator, REPORT_PERIOD, ENDPOINT, METADATA))
      .to.be.revertedWithCustomError(market, "ProviderAlreadyRegistered")
      .withArgs(owner);
  });
});
