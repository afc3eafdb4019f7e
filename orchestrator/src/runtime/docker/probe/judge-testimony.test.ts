// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { proveAppArmor, proveFilter, proveGvisor, proveMapping } from "./judge-testimony.ts";
import { testimonyOf, type Testimony } from "./witness.ts";

const STATUS =
  "Name:\twitness\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";

function heard(
  changes: Partial<Record<"kernel" | "status" | "uidMap" | "confinement" | "calls", string>> = {},
): Testimony {
  const { kernel, status, uidMap, confinement, calls } = {
    kernel: "Linux version 6.1.0-28-amd64 (debian)\n",
    status: STATUS,
    uidMap: "         0          0 4294967295\n",
    confinement: "docker-default (enforce)\n",
    calls: "RR",
    ...changes,
  };
  return testimonyOf(["", kernel, status, uidMap, confinement, calls].join("\n@\n"));
}

describe("what a witness in a container proves", () => {
  it("a process without capabilities whose calls are filtered is shut in", () => {
    expect(proveFilter(heard()).proven).to.equal(true);
  });

  const open: readonly (readonly [string, Testimony, RegExp])[] = [
    ["no filter", heard({ status: STATUS.replace("Seccomp:\t2", "Seccomp:\t0") }), /not filtered/],
    ["another filter", heard({ calls: "Rr" }), /let through/],
    ["calls that nobody tried", heard({ calls: "" }), /let through/],
    ["privileges to gain", heard({ status: STATUS.replace("NoNewPrivs:\t1", "NoNewPrivs:\t0") }), /gained/],
    ["a capability", heard({ status: STATUS.replace("CapBnd:\t0000", "CapBnd:\t0001") }), /CapBnd/],
    ["no word", testimonyOf(""), /CapEff/],
  ];
  for (const [what, testimony, why] of open) {
    it(`one with ${what} is not`, () => {
      const { proven, how } = proveFilter(testimony);
      expect(proven).to.equal(false);
      expect(how).to.match(why);
    });
  }

  it("AppArmor confines where its profile is enforced, and nowhere else", () => {
    expect(proveAppArmor(heard()).proven).to.equal(true);
    for (const confinement of ["", "unconfined\n", "docker-default (complain)\n"])
      expect(proveAppArmor(heard({ confinement })).proven).to.equal(false);
  });

  it("users are mapped where root is somebody else on the machine", () => {
    expect(proveMapping(heard({ uidMap: "         0     231072      65536\n" }))).to.deep.equal({
      proven: true,
      how: "root in a container is user 231072 of the machine",
    });
    for (const uidMap of [
      "         0          0 4294967295\n",
      "",
      "      1000     231072          1\n",
      "0 700000000 65536\n",
    ])
      expect(proveMapping(heard({ uidMap })).proven).to.equal(false);
  });

  it("gVisor shows a kernel of its own, and what is only called so the machine's", () => {
    const own = heard({ kernel: "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n" });
    expect(proveGvisor(own, "6.1.0-28-amd64").proven).to.equal(true);
    expect(proveGvisor(heard(), "6.1.0-28-amd64").proven).to.equal(false);
    expect(proveGvisor(testimonyOf(""), "6.1.0-28-amd64").proven).to.equal(false);
  });
});
