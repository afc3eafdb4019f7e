// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { ServiceSpec } from "../domain/workload.ts";
import { container, hashOf, observed, run, service, workload } from "../test/builders.ts";
import { Daemon } from "../test/daemon.ts";
import { planLease } from "./plan.ts";

const web = service("web", { ports: [{ containerPort: 80, protocol: "tcp" }] });
const aside = service("aside");

function actions(services: readonly ServiceSpec[], ...found: Parameters<typeof observed>): readonly string[] {
  return planLease(run(workload(services)), observed(...found), null).map(({ action }) => action);
}

describe("a plan for what is published", () => {
  it("has the ports of the new services before anything of the old ones goes", () => {
    const old = container("web", { manifestHash: hashOf("b") });
    const steps = actions([web], [old]);
    expect(steps.indexOf("reservePorts")).to.equal(1);
    expect(steps.indexOf("stopContainer")).to.equal(2);
  });

  it("needs no port where nothing new publishes one", () => {
    expect(actions([web, aside], [container("web")])).not.to.include("reservePorts");
    expect(actions([aside], [])).not.to.include("reservePorts");
  });

  it("has the proxy in the lease's network before anything is paid", () => {
    const apart = observed([container("web")], { isApart: true });
    const of = (status: "pending" | "active" | "paused") =>
      planLease(run(workload([web]), status), apart, null).map(({ action }) => action);
    expect(of("pending")).to.deep.equal(["joinIngress", "startLease"]);
    expect(of("active")).to.deep.equal(["joinIngress"]);
    expect(of("paused")).to.deep.equal(["resumeLease", "joinIngress"]);
  });
});

describe("a port that somebody else on the machine has", () => {
  it("is given up for another one, before anything is paid", async () => {
    const daemon = new Daemon();
    daemon.open(7n);
    await daemon.pass();
    const [first] = daemon.journal.publishedPorts();
    const other = new Daemon();
    other.engine.heldPorts.add(`${first?.hostPort}/tcp`);
    other.open(7n);
    await other.pass();
    expect(other.market.told).to.deep.equal([]);
    await other.clock.advance(5_000);
    await other.settle();
    const [second, ...more] = other.journal.publishedPorts();
    expect(more).to.deep.equal([]);
    expect(second?.hostPort).not.to.equal(first?.hostPort);
    expect(other.market.told).to.deep.equal(["start 7"]);
    expect(other.runtime.container(7n, "web").spec.ports[0]?.hostPort).to.equal(second?.hostPort);
  });

  it("is the same again after a new daemon with an empty journal, as the containers tell", async () => {
    const daemon = new Daemon();
    daemon.open(7n);
    await daemon.settle();
    const before = daemon.journal.publishedPorts();
    daemon.journal.setPublishedPorts(7n, []);
    daemon.restart();
    await daemon.pass();
    expect(daemon.journal.publishedPorts()).to.deep.equal(before);
  });
});
