// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { clockAt, isLapsed, isSilent } from "./clock.ts";

const provider = { clock: 100n, lastReportAt: 10_000n, reportPeriod: 600n };

describe("the service clock", () => {
  it("runs in real time up to one report period past the last report, then stands still", () => {
    expect(clockAt(provider, 10_000n)).to.equal(100n);
    expect(clockAt(provider, 10_599n)).to.equal(699n);
    expect(clockAt(provider, 10_600n)).to.equal(700n);
    expect(clockAt(provider, 99_999n)).to.equal(700n);
  });

  it("never runs backwards for a time before the last report", () => {
    expect(clockAt(provider, 9_999n)).to.equal(100n);
  });

  it("is silent only after the last second of the report period", () => {
    expect(isSilent(provider, 10_600n)).to.equal(false);
    expect(isSilent(provider, 10_601n)).to.equal(true);
  });

  it("is lapsed only after the last second of the lapse period that follows", () => {
    expect(isLapsed(provider, 7_200n, 17_800n)).to.equal(false);
    expect(isLapsed(provider, 7_200n, 17_801n)).to.equal(true);
  });
});
