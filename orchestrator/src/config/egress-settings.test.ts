// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import fc from "fast-check";
import { parseConfig } from "./config.ts";

const least = {
  BERTH_RPC_URL: "http://127.0.0.1:8545",
  BERTH_CHAIN_ID: "1",
  BERTH_MARKET: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  BERTH_PROVIDER: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  BERTH_OPERATOR_KEY_FILE: "/keys/operator",
  BERTH_DATA_DIR: "/data",
};

function refused(environment: Record<string, string>): UserError {
  try {
    parseConfig({ ...least, ...environment });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("configuration of the egress firewall", () => {
  it("takes the mode, and refuses `off` on a chain that strangers use: there it needs the plain word", () => {
    for (const mode of ["required", "unprotected"])
      expect(parseConfig({ ...least, BERTH_EGRESS_FIREWALL: mode }).egressFirewall).to.equal(mode);
    const local = { ...least, BERTH_CHAIN_ID: "31337", BERTH_EGRESS_FIREWALL: "off" };
    expect(parseConfig(local).egressFirewall).to.equal("off");
    const error = refused({ BERTH_EGRESS_FIREWALL: "off" });
    expect(error.facts["variables"]).to.equal("BERTH_EGRESS_FIREWALL");
    expect(error.next).to.contain("unprotected");
    expect(refused({ BERTH_EGRESS_FIREWALL: "maybe" }).message).to.contain("is neither");
  });

  it("takes private ranges, and names each entry that is none", () => {
    const allowed = parseConfig({ ...least, BERTH_EGRESS_ALLOW: "10.1.2.0/24, fd00:1::/64," }).egressAllow;
    expect(allowed.map(({ text }) => text)).to.deep.equal(["10.1.2.0/24", "fd00:1::/64"]);
    const error = refused({ BERTH_EGRESS_ALLOW: "10.1.2.0/24, 0.0.0.0/0, registry.example" });
    expect(error.message).to.contain("0.0.0.0/0").and.to.contain("registry.example");
    expect(error.message).not.to.contain("10.1.2.0/24, which");
  });

  it("takes what a lease may send, 100 Mbit a second where nothing is said, and never without a bound", () => {
    expect(parseConfig(least).egressMbit).to.equal(100);
    for (const mbit of [1, 10_000])
      expect(parseConfig({ ...least, BERTH_EGRESS_MBIT: String(mbit) }).egressMbit).to.equal(mbit);
    for (const wrong of ["0", "-1", "1.5", "10001", "fast", "1e9"])
      expect(refused({ BERTH_EGRESS_MBIT: wrong }).facts["variables"], wrong).to.equal("BERTH_EGRESS_MBIT");
  });

  it("lets nothing into the rules but ranges, whatever is written", () => {
    const words = fc.string({ unit: fc.constantFrom(..."0123456789abcdef.:/,; \n-}{jACEPT"), maxLength: 60 });
    fc.assert(
      fc.property(words, (text) => {
        try {
          const { egressAllow } = parseConfig({ ...least, BERTH_EGRESS_ALLOW: text });
          for (const range of egressAllow) expect(range.text).to.match(/^[0-9a-fA-F.:]+\/\d{1,3}$/);
        } catch (error) {
          expect(error).to.be.instanceOf(UserError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
