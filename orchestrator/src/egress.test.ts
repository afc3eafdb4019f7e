// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { EgressMode } from "./domain/egress.ts";
import { createEgress } from "./egress.ts";
import { createInstruments } from "./instruments.ts";
import { thisMachine } from "./machine.ts";
import { keepingLog } from "./test/logs.ts";

const never = new AbortController().signal;
const market = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

function egress(egressFirewall: EgressMode | null, chainId: number) {
  const [machine, log] = [thisMachine(), keepingLog()];
  const config = { egressFirewall, egressAllow: [], egressMbit: 100, subnetPool: "10.200.0.0/14" };
  const instruments = createInstruments(machine);
  return { log, ...createEgress({ config, identity: { chainId, market }, machine, instruments, log }) };
}

describe("a daemon's egress firewall", () => {
  it("is off on a development chain, which it says, and holds no lease up", async () => {
    const { begin, run, finding, obstacle, log } = egress(null, 31_337);
    await begin(never);
    await run(() => undefined, never);
    expect([finding().state, obstacle()]).to.deep.equal(["ok", null]);
    expect(log.said.map(({ level, fields }) => [level, fields["egress"]])).to.deep.equal([["info", "off"]]);
  });

  it("is warned of where it was given up in so many words", async () => {
    const { begin, finding, obstacle, log } = egress("unprotected", 1);
    await begin(never);
    expect([finding().state, obstacle()]).to.deep.equal(["warning", null]);
    expect(log.said.map(({ level }) => level)).to.deep.equal(["warn"]);
  });

  it("holds new leases from the first moment on, where it is required and nothing is proved yet", () => {
    for (const [mode, chainId] of [
      [null, 1],
      ["required", 1],
      ["required", 31_337],
    ] as const) {
      const { finding, obstacle } = egress(mode, chainId);
      expect([finding().state, obstacle()?.code]).to.deep.equal(["unknown", "E_EGRESS_UNPROVED"]);
    }
  });
});
