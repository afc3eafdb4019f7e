// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { hostCapabilitiesSchema, type HostCapabilities } from "./capabilities.ts";
import { judgeHost } from "./judge.ts";
import { engineShortfalls, provenTiers } from "./proven.ts";

const yes = { proven: true, how: "seen" };
const no = { proven: false, how: "not seen" };
const ENGINE = { version: "28.5.2", runcVersion: "1.3.3", cgroupVersion: 2, liveRestore: true };
const BEST: HostCapabilities = {
  engine: ENGINE,
  ...{ seccomp: yes, appArmor: yes, userns: yes, gvisor: yes, overlayQuota: yes, loopVolumes: yes },
  ...{ nftables: yes, iptables: yes, networks: 100 },
};
const engineOf = (changes: Partial<typeof ENGINE>) => engineShortfalls({ engine: { ...ENGINE, ...changes } });

describe("what a machine can enforce", () => {
  it("proves a tier only by what was seen of it, and none where plain containers are not shut in", () => {
    expect(provenTiers(BEST)).to.deep.equal(["runc", "userns", "gvisor"]);
    expect(provenTiers({ ...BEST, userns: no })).to.deep.equal(["runc", "gvisor"]);
    expect(provenTiers({ ...BEST, userns: no, gvisor: no })).to.deep.equal(["runc"]);
    expect(provenTiers({ ...BEST, seccomp: no })).to.deep.equal([]);
  });

  it("counts an engine below 28 as too old for strangers, distributions' endings aside", () => {
    expect(engineOf({})).to.deep.equal([]);
    expect(engineOf({ version: "29.0.1" })).to.deep.equal([]);
    for (const version of ["20.10.24+dfsg1", "27.5.1", "27.99", "dev", ""])
      expect(engineOf({ version })).to.have.length(1);
  });

  it("knows in which release of each line runc was mended", () => {
    for (const runcVersion of ["1.2.8", "1.2.9", "1.3.3", "1.3.4+ds1", "1.4.0", "1.5.0", "2.0.0"])
      expect(engineOf({ runcVersion }), runcVersion).to.deep.equal([]);
    for (const runcVersion of ["1.1.5+ds1", "1.1.99", "1.2.7", "1.3.2", "1.0.0-rc95", "unknown", ""])
      expect(engineOf({ runcVersion }), runcVersion).to.have.length(1);
    expect(engineShortfalls({ engine: { ...ENGINE, runcVersion: null } })[0]).to.match(/unknown version/);
  });

  it("has nothing to mend on the best machine, and says what mends each thing that is missing", () => {
    expect(judgeHost(BEST).filter(({ state, fix }) => state !== "ok" || fix !== null)).to.deep.equal([]);
    const worst: HostCapabilities = {
      engine: { version: "20.10.24", runcVersion: "1.1.5", cgroupVersion: 1, liveRestore: false },
      ...{ seccomp: no, appArmor: no, userns: no, gvisor: no, overlayQuota: no, loopVolumes: no },
      ...{ nftables: no, iptables: no, networks: 99 },
    };
    const found = judgeHost(worst);
    expect(found.every(({ state, fix }) => state !== "ok" && fix !== null)).to.equal(true);
    const failing = found.filter(({ state }) => state === "failing").map(({ check }) => check);
    expect(failing).to.deep.equal(["isolation tiers", "system call filter"]);
  });

  it("is told between programs as it was measured, and in no other form", () => {
    expect(hostCapabilitiesSchema.parse(JSON.parse(JSON.stringify(BEST)))).to.deep.equal(BEST);
    expect(hostCapabilitiesSchema.safeParse({ ...BEST, seccomp: true }).success).to.equal(false);
    expect(hostCapabilitiesSchema.safeParse({ ...BEST, tier: "gvisor" }).success).to.equal(false);
  });
});
