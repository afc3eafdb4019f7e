// SPDX-License-Identifier: Apache-2.0
import { ISOLATION_TIERS, type HostCapabilities } from "@berth/sdk";
import { expect } from "chai";
import { hostOf, leaseId } from "../test/builders.ts";
import { refusalOnHost, type HostTerms } from "./host-terms.ts";

const OPEN: HostTerms = { allowedTenants: null, acceptOldEngine: false, isDevelopment: false };
const old: HostCapabilities = {
  ...hostOf(),
  engine: { version: "20.10.24", runcVersion: "1.1.5", cgroupVersion: 1, liveRestore: true },
};

describe("what a machine means for a lease", () => {
  it("a tier that was not proven is refused, with the hardware as cause, and a proven one is not", () => {
    for (const tier of ISOLATION_TIERS) {
      expect(refusalOnHost(hostOf(), OPEN, leaseId, tier)).to.equal(null);
      const others = ISOLATION_TIERS.filter((each) => each !== tier);
      expect(refusalOnHost(hostOf(others), OPEN, leaseId, tier)).to.include({
        leaseId,
        code: "E_TIER_NOT_ENFORCED",
        cause: "hardware",
      });
    }
  });

  it("strangers are refused on an engine that is too old for them", () => {
    expect(refusalOnHost(old, OPEN, leaseId, "gvisor")).to.include({
      code: "E_ENGINE_TOO_OLD",
      cause: "hardware",
    });
  });

  it("nobody is a stranger where tenants are listed, where the provider says so, and on a chain of one's own", () => {
    const tenants = ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"] as const;
    for (const changes of [{ allowedTenants: tenants }, { acceptOldEngine: true }, { isDevelopment: true }])
      expect(refusalOnHost(old, { ...OPEN, ...changes }, leaseId, "runc")).to.equal(null);
  });

  it("no word of the provider's makes up for a tier that is not there", () => {
    const terms = { ...OPEN, acceptOldEngine: true, isDevelopment: true };
    expect(refusalOnHost(hostOf(["runc"]), terms, leaseId, "userns")?.code).to.equal("E_TIER_NOT_ENFORCED");
  });
});
