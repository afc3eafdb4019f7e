// SPDX-License-Identifier: Apache-2.0
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { judgeFirewall, type FirewallFact } from "./judge-firewall.ts";
import { askDaemon } from "./probe-firewall.ts";

const { signal } = new AbortController();
const yes = { proven: true, how: "it takes the rules" };
const no = (how: string) => ({ proven: false, how });
const NONE = { nftables: no("unshare: failed to execute nft"), iptables: no("no iptables") };
const PUBLIC: FirewallFact = {
  ...{ mode: null, chainId: 1, daemon: null },
  tools: { nftables: yes, iptables: yes },
};

describe("the doctor's word on the egress firewall", () => {
  it("is well on a development chain, unless it is asked for there", () => {
    const local: FirewallFact = { ...PUBLIC, chainId: 31_337, tools: NONE };
    expect(judgeFirewall(local)).to.include({ state: "ok", fix: null });
    expect(judgeFirewall({ ...local, mode: "required" }).state).to.equal("failing");
  });

  it("names what takes the rules, and the fix where nothing does or only root may try", () => {
    const nftables = judgeFirewall(PUBLIC);
    const iptables = judgeFirewall({ ...PUBLIC, tools: { ...NONE, iptables: yes } });
    expect([nftables.state, nftables.says.split(";")[0]]).to.deep.equal(["ok", "nftables"]);
    expect([iptables.state, iptables.says.split(";")[0]]).to.deep.equal(["ok", "iptables"]);
    const missing = judgeFirewall({ ...PUBLIC, tools: NONE });
    expect(missing.state).to.equal("failing");
    expect(missing.fix).to.contain("apt-get install nftables iproute2");
    expect(missing.says).to.contain(NONE.nftables.how).and.to.contain(NONE.iptables.how);
    const denied = { ...NONE, nftables: no("unshare failed: Operation not permitted") };
    expect(judgeFirewall({ ...PUBLIC, tools: denied }).fix).to.contain("root");
  });

  it("does not guess where the machine could not be measured, and is well by a daemon's word all the same", () => {
    expect(judgeFirewall({ ...PUBLIC, tools: null }).state).to.equal("unknown");
    const daemon = { state: "ok", what: "", next: "" } as const;
    expect(judgeFirewall({ ...PUBLIC, tools: null, daemon }).state).to.equal("ok");
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
});
