// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import { cidrs } from "../../domain/cidr.ts";
import { keepingLog } from "../../test/logs.ts";
import { ManualClock, quiet } from "../../test/manual-clock.ts";
import type { Backend } from "./backend.ts";
import { EgressGuard, type Application } from "./guard.ts";
import { nftRules } from "./nft-rules.ts";
import type { Verdict } from "./probe.ts";

const never = new AbortController().signal;

/** A guard on a machine whose rules are a text, and whose probe finds what the test says. */
function guarded() {
  const machine = {
    ...{ rules: "", canLook: true, canApply: true, verdict: "proved" as Verdict, probes: 0 },
    resolvers: cidrs("10.0.0.2/32"),
  };
  const refuse = (): never => {
    throw new RetryableError("E_FIREWALL_FAILED", "no", { atRisk: "nothing", next: "nothing" });
  };
  const backend: Backend = {
    name: "nftables",
    apply: async (policy) => {
      machine.rules = machine.canApply ? nftRules(policy) : refuse();
    },
    listing: async () => (machine.canLook ? machine.rules : refuse()),
  };
  const applied: Application[] = [];
  const [clock, log] = [new ManualClock(), keepingLog()];
  const guard = new EgressGuard({
    choose: async () => backend,
    facts: async () => ({ families: [4, 6], bridged: [], resolvers: machine.resolvers }),
    prove: async () => {
      machine.probes += 1;
      return { verdict: machine.verdict, trials: [{ what: "a trial", wanted: "closed", found: "reached" }] };
    },
    ...{ allowed: [], mbit: 100 },
    interval: 15_000,
    clock,
    log,
    applied: (why) => applied.push(why),
  });
  return { machine, guard, clock, log, applied };
}

describe("the guard of the egress firewall", () => {
  it("holds new leases until a probe has passed, and makes it once for what stands", async () => {
    const { machine, guard } = guarded();
    expect(guard.obstacle()?.code).to.equal("E_EGRESS_UNPROVED");
    await guard.apply(never);
    expect(guard.obstacle()?.code).to.equal("E_EGRESS_UNPROVED");
    expect(machine.rules).not.to.equal("");
    await guard.look(never);
    await guard.look(never);
    expect([guard.obstacle(), guard.sight().state, machine.probes]).to.deep.equal([null, "proved", 1]);
  });

  it("holds them while the probe finds a leak, or gets nothing through, and makes it again", async () => {
    for (const verdict of ["leaking", "blocking"] as const) {
      const { machine, guard, log } = guarded();
      machine.verdict = verdict;
      await guard.look(never);
      await guard.look(never);
      expect([guard.sight().state, guard.finding().state, machine.probes]).to.deep.equal([
        verdict,
        "failing",
        2,
      ]);
      expect(guard.obstacle()?.code).to.equal("E_EGRESS_UNPROVED");
      expect(log.said.at(-1)?.fields["amiss"]).to.equal("a trial: reached");
      machine.verdict = "proved";
      await guard.look(never);
      expect(guard.obstacle()).to.equal(null);
    }
  });

  it("puts back what somebody flushed or changed, counts it, says so, and has it proved again", async () => {
    const { machine, guard, applied, log } = guarded();
    await guard.look(never);
    const whole = machine.rules;
    for (const disturbed of ["", whole.replace("counter drop", "accept")]) {
      machine.rules = disturbed;
      await guard.look(never);
      expect(machine.rules).to.equal(whole);
    }
    expect(applied).to.deep.equal(["started", "disturbed", "disturbed"]);
    expect(machine.probes).to.equal(3);
    const warned = log.said.filter(({ level }) => level === "warn");
    expect(warned.map(({ fields }) => fields)).to.deep.equal(
      Array(2).fill({ egress: "disturbed", backend: "nftables" }),
    );
  });

  it("makes the rules anew when this machine or its name servers changed", async () => {
    const { machine, guard, applied } = guarded();
    await guard.look(never);
    machine.resolvers = cidrs("10.0.0.3/32");
    await guard.look(never);
    expect(machine.rules).to.contain("10.0.0.3").and.not.to.contain("10.0.0.2");
    expect([applied, machine.probes]).to.deep.equal([["started", "changed"], 2]);
  });

  it("knows nothing after a look that failed, says so once, and trusts what stands when it sees it again", async () => {
    const { machine, guard, log } = guarded();
    await guard.look(never);
    machine.canLook = false;
    await guard.look(never);
    await guard.look(never);
    expect(guard.finding().state).to.equal("unknown");
    expect(guard.obstacle()?.code).to.equal("E_EGRESS_UNPROVED");
    const warned = log.said.filter(({ level }) => level === "warn");
    expect(warned.map(({ fields }) => fields["code"])).to.deep.equal(["E_FIREWALL_FAILED"]);
    machine.canLook = true;
    await guard.look(never);
    expect([guard.obstacle(), machine.probes]).to.deep.equal([null, 1]);
  });

  it("does not believe in rules that could not be put in force", async () => {
    const { machine, guard } = guarded();
    machine.canApply = false;
    await guard.look(never);
    expect([guard.finding().state, machine.probes]).to.deep.equal(["unknown", 0]);
    machine.canApply = true;
    await guard.look(never);
    expect(guard.obstacle()).to.equal(null);
    machine.canApply = false;
    machine.rules = "";
    await guard.look(never);
    expect([guard.finding().state, machine.probes]).to.deep.equal(["unknown", 1]);
  });

  it("looks at a pace, and says each time that new leases may be begun again", async () => {
    const { machine, guard, clock } = guarded();
    const stop = new AbortController();
    let proved = 0;
    const running = guard.run(() => (proved += 1), stop.signal);
    await quiet();
    expect(proved).to.equal(1);
    machine.canLook = false;
    await clock.advance(15_000);
    expect([proved, guard.obstacle()?.code]).to.deep.equal([1, "E_EGRESS_UNPROVED"]);
    machine.canLook = true;
    await clock.advance(15_000);
    expect([proved, guard.obstacle()]).to.deep.equal([2, null]);
    stop.abort();
    await running;
  });
});
