// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { ObservedContainer } from "../domain/observed.ts";
import type { ServiceSpec } from "../domain/workload.ts";
import { container, observed, run, service, workload } from "../test/builders.ts";
import { vainWait } from "./dependencies.ts";
import { planLease } from "./plan.ts";

type Condition = NonNullable<ServiceSpec["dependsOn"]>[string];
type Status = "pending" | "active" | "paused";

function pair(condition: Condition, db: Partial<ServiceSpec> = {}): readonly ServiceSpec[] {
  return [service("db", db), service("web", { dependsOn: { db: condition } })];
}

/** The steps in words, with all made and the containers in these states. */
function planned(
  services: readonly ServiceSpec[],
  containers: readonly ObservedContainer[],
  status: Status = "active",
): readonly string[] {
  const steps = planLease(run(workload(services), status), observed(containers), null);
  return steps.map((step) => {
    const subject = "service" in step && typeof step.service === "string" ? ` ${step.service}` : "";
    return step.action + subject;
  });
}

const created = (name: string) => container(name, { state: "created" });
const ended = (name: string, exitCode = 0) => container(name, { state: "exited", exitCode });
const start = (name: string) => `startContainer ${name}`;

describe("a service that depends on another one", () => {
  it("is started right after it where its start is enough", () => {
    expect(planned(pair("started"), [created("db"), created("web")])).to.deep.equal([
      start("db"),
      start("web"),
    ]);
  });

  it("waits for its health", () => {
    const services = pair("healthy");
    expect(planned(services, [created("db"), created("web")])).to.deep.equal([start("db")]);
    for (const health of ["starting", "unhealthy", "none"] as const)
      expect(planned(services, [container("db", { health }), created("web")]), health).to.deep.equal([]);
    expect(planned(services, [container("db", { health: "healthy" }), created("web")])).to.deep.equal([
      start("web"),
    ]);
  });

  it("waits for its completion", () => {
    const services = pair("completed", { restart: { on: "never" } });
    expect(planned(services, [created("db"), created("web")])).to.deep.equal([start("db")]);
    expect(planned(services, [container("db"), created("web")])).to.deep.equal([]);
    expect(planned(services, [ended("db"), created("web")])).to.deep.equal([start("web")]);
    expect(planned(services, [ended("db", 3), created("web")])).to.deep.equal([]);
  });

  it("waits again after all has ended: nothing that was is taken for what is", () => {
    const services = pair("healthy");
    const down = [ended("db", 137), ended("web", 137)];
    expect(planned(services, down)).to.deep.equal([start("db")]);
    const job = pair("completed", { restart: { on: "never" } });
    const lost = container("db", { state: "exited", exitCode: 137, lostWithEngine: true });
    expect(planned(job, [lost, ended("web", 137)]), "a job that was cut off runs again").to.deep.equal([
      start("db"),
    ]);
    expect(planned(job, [ended("db"), ended("web", 137)]), "one that is over does not").to.deep.equal([
      start("web"),
    ]);
  });

  it("is left alone once it runs, whatever becomes of the other one", () => {
    const services = pair("healthy");
    for (const db of [container("db", { health: "unhealthy" }), container("db", { health: "starting" })])
      expect(planned(services, [db, container("web")])).to.deep.equal([]);
    expect(planned(services, [ended("db", 1), container("web")])).to.deep.equal([start("db")]);
  });

  it("goes on when it is thawed, whatever the other one is", () => {
    const frozen = (name: string) => container(name, { state: "frozen", health: "unhealthy" });
    expect(planned(pair("healthy"), [frozen("db"), frozen("web")])).to.deep.equal([
      "thawContainer db",
      "thawContainer web",
    ]);
  });

  it("keeps a lease from being started or resumed while it waits", () => {
    const waiting = [container("db", { health: "starting" }), created("web")];
    for (const status of ["pending", "paused"] as const)
      expect(planned(pair("healthy"), waiting, status)).to.deep.equal([]);
    const up = [container("db", { health: "healthy" }), container("web")];
    expect(planned(pair("healthy"), up, "pending")).to.deep.equal(["startLease"]);
    expect(planned(pair("healthy"), up, "paused")).to.deep.equal(["resumeLease"]);
  });

  it("waits through a chain of others, one look after the other", () => {
    const services = [
      service("a", { restart: { on: "never" } }),
      service("b", { dependsOn: { a: "completed" } }),
      service("c", { dependsOn: { a: "completed", b: "healthy" } }),
    ];
    expect(planned(services, [created("a"), created("b"), created("c")])).to.deep.equal([start("a")]);
    expect(planned(services, [ended("a"), created("b"), created("c")])).to.deep.equal([start("b")]);
    expect(
      planned(services, [ended("a"), container("b", { health: "healthy" }), created("c")]),
    ).to.deep.equal([start("c")]);
  });

  it("is started alone when it has ended by itself: nobody else is started anew", () => {
    const services = pair("healthy");
    expect(planned(services, [container("db", { health: "healthy" }), ended("web", 1)])).to.deep.equal([
      start("web"),
    ]);
  });
});

describe("waiting in vain", () => {
  const illHealth = { service: "db", since: 0, lasts: true, isGivenUp: false };
  const wait = (services: readonly ServiceSpec[], containers: readonly ObservedContainer[], ill = false) =>
    vainWait(workload(services), containers, ill ? illHealth : null);

  it("is a fault with the names of both", () => {
    const fault = wait(pair("healthy"), [container("db", { health: "unhealthy" }), created("web")], true);
    expect(fault).to.deep.include({ code: "E_DEPENDENCY_FAILED", cause: "manifest" });
    expect(fault?.message).to.equal(
      "Service web waits in vain for db to be healthy: its health check keeps failing.",
    );
  });

  it("is none before the grace is over, and none once it is well", () => {
    expect(wait(pair("healthy"), [container("db", { health: "unhealthy" }), created("web")])).to.equal(null);
    expect(wait(pair("healthy"), [container("db", { health: "healthy" }), created("web")], true)).to.equal(
      null,
    );
  });

  it("is for the completion of what has ended otherwise, or for the health of what is over", () => {
    const never = { restart: { on: "never" } } as const;
    const fault = wait(pair("completed", never), [ended("db", 3), created("web")]);
    expect(fault?.message).to.equal(
      "Service web waits in vain for db to complete: it ended with exit code 3.",
    );
    expect(wait(pair("healthy", never), [ended("db"), created("web")])?.code).to.equal("E_DEPENDENCY_FAILED");
    expect(wait(pair("started", never), [ended("db", 3), created("web")])).to.equal(null);
  });

  it("is none for what is started again, or was taken down with its engine", () => {
    expect(wait(pair("completed"), [ended("db", 3), created("web")])).to.equal(null);
    const lost = container("db", { state: "exited", exitCode: 137, lostWithEngine: true });
    expect(wait(pair("completed", { restart: { on: "never" } }), [lost, created("web")])).to.equal(null);
  });

  it("is none of a service that runs or has finished", () => {
    const ill = container("db", { health: "unhealthy" });
    expect(wait(pair("healthy"), [ill, container("web")], true)).to.equal(null);
    const services = [
      service("db"),
      service("web", { dependsOn: { db: "healthy" }, restart: { on: "never" } }),
    ];
    expect(wait(services, [ill, ended("web")], true)).to.equal(null);
  });

  it("closes a lease that waits to be begun, and pauses none that was", () => {
    const fault = wait(pair("healthy"), [container("db", { health: "unhealthy" }), created("web")], true);
    const steps = (status: Status) =>
      planLease(
        run(workload(pair("healthy")), status),
        observed([container("db"), created("web")]),
        fault,
      ).map(({ action }) => action);
    expect(steps("pending")).to.deep.equal(["closeLease"]);
    expect(steps("active")).to.deep.equal([]);
  });
});
