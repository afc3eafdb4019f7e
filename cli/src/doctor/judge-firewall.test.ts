// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { judgeFirewall, type FirewallFact } from "./judge-firewall.ts";
import { askDaemon, probeFirewallTool } from "./probe-firewall.ts";

const { signal } = new AbortController();
const PUBLIC: FirewallFact = { mode: null, chainId: 1, tool: "nftables", daemon: null };

describe("the doctor's word on the egress firewall", () => {
  it("is well on a development chain, unless it is asked for there", () => {
    expect(judgeFirewall({ ...PUBLIC, chainId: 31_337, tool: "missing" })).to.include({
      state: "ok",
      fix: null,
    });
    expect(judgeFirewall({ ...PUBLIC, chainId: 31_337, mode: "required", tool: "missing" }).state).to.equal(
      "failing",
    );
  });

  it("names the back-end, and the fix where there is none or it may not be used", () => {
    for (const tool of ["nftables", "iptables"] as const) {
      const { state, says } = judgeFirewall({ ...PUBLIC, tool });
      expect([state, says.startsWith(tool)]).to.deep.equal(["ok", true]);
    }
    const fixes = (["missing", "denied", "elsewhere"] as const).map((tool) =>
      judgeFirewall({ ...PUBLIC, tool }),
    );
    expect(fixes.map(({ state }) => state)).to.deep.equal(["failing", "warning", "failing"]);
    expect(fixes[0]?.fix).to.equal("apt-get install nftables iproute2");
    expect(fixes[1]?.fix).to.contain("root");
    expect(fixes[2]?.fix).to.contain("Linux");
  });

  it("is the running daemon's, where one runs: it has made the probe, or has not", () => {
    const told = { what: "A probe reached it.", next: "See which table lets it pass." };
    expect(judgeFirewall({ ...PUBLIC, daemon: { state: "failing", ...told } })).to.include({
      state: "failing",
      says: told.what,
      fix: told.next,
    });
    expect(judgeFirewall({ ...PUBLIC, daemon: { state: "ok", what: "", next: "" } }).says).to.contain(
      "proved",
    );
  });

  it("never calls well what was switched off where strangers come", () => {
    expect(judgeFirewall({ ...PUBLIC, mode: "unprotected" }).state).to.equal("warning");
    expect(judgeFirewall({ ...PUBLIC, mode: "off" })).to.include({
      state: "failing",
      fix: "BERTH_EGRESS_FIREWALL=required",
    });
  });
});

describe("what the doctor asks", () => {
  let server: Server;
  let answer = "";

  before(async () => {
    server = createServer((_request, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const ask = () => askDaemon("127.0.0.1", (server.address() as AddressInfo).port, signal);
  const readyz = (list: string) => {
    const egress = { check: "egress", what: "It leaks.", next: "Mend it." };
    return JSON.stringify({ failing: [], unknown: [], warnings: [], [list]: [egress] });
  };

  it("takes the daemon's word: failing and unknown alike hold leases up", async () => {
    const states = [];
    for (const list of ["failing", "unknown", "warnings", "others"]) {
      answer = readyz(list);
      states.push((await ask())?.state);
    }
    expect(states).to.deep.equal(["failing", "failing", "warning", "ok"]);
  });

  it("takes no word from what is no daemon, or from nobody", async () => {
    answer = "hello";
    expect(await ask()).to.equal(null);
    expect(await askDaemon("127.0.0.1", 1, signal)).to.equal(null);
  });

  it("finds out what this machine has, and changes nothing", async () => {
    expect(await probeFirewallTool(signal)).to.be.oneOf([
      "nftables",
      "iptables",
      "missing",
      "denied",
      "elsewhere",
    ]);
  });
});
