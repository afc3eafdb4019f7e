// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type Dockerode from "dockerode";
import { MANIFEST_HASH } from "../contract-fixtures.ts";
import { observedContainer } from "./observed-container.ts";

const NEVER = "0001-01-01T00:00:00Z";
const STARTED = "2026-11-22T19:29:19.887190712Z";
const FINISHED = "2026-11-22T19:30:00Z";

type State = Partial<Dockerode.ContainerInspectInfo["State"]>;

function inspected(state: State): Dockerode.ContainerInspectInfo {
  const State = { StartedAt: STARTED, FinishedAt: NEVER, ExitCode: 0, OOMKilled: false, ...state };
  const ports = { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "32768" }], "9000/tcp": null };
  const Config = { Labels: { "berth.image": "docker.io/library/hello@sha256:12" } };
  const given = { Config, HostConfig: { PortBindings: {} } };
  const partial = { Id: "id", Name: "/name", State, ...given, NetworkSettings: { Ports: ports } };
  return partial as unknown as Dockerode.ContainerInspectInfo;
}

const observed = (state: State) => observedContainer(inspected(state), "web", MANIFEST_HASH, false);

describe("observed container", () => {
  const states = {
    created: "created",
    running: "running",
    paused: "frozen",
    restarting: "exited",
    removing: "exited",
    exited: "exited",
    dead: "exited",
  };
  for (const [Status, state] of Object.entries(states)) {
    it(`the engine's "${Status}" is "${state}"`, () => {
      expect(observed({ Status }).state).to.equal(state);
    });
  }

  it("a state or health without a word of ours is an error, not a guess", () => {
    const Health = { Status: "dizzy", FailingStreak: 0, Log: [] };
    for (const state of [{ Status: "levitating" }, { Status: "running", Health }]) {
      expect(() => observed(state))
        .to.throw()
        .with.property("code", "E_RUNTIME_UNREADABLE");
    }
  });

  it("what lives without a beginning is an error: it is not known whether it ever started", () => {
    for (const Status of ["running", "paused"]) {
      expect(() => observed({ Status, StartedAt: NEVER }))
        .to.throw()
        .with.property("code", "E_RUNTIME_UNREADABLE");
    }
  });

  it("the end of an earlier incarnation is not told of a running one", () => {
    const running = observed({ Status: "running", FinishedAt: FINISHED, ExitCode: 137 });
    expect(running).to.deep.include({ startedAt: Date.parse(STARTED), finishedAt: null, exitCode: null });
    const exited = observed({ Status: "exited", FinishedAt: FINISHED, ExitCode: 137, OOMKilled: true });
    expect(exited).to.deep.include({ finishedAt: Date.parse(FINISHED), exitCode: 137, oomKilled: true });
  });

  it("a container that never started has no times", () => {
    expect(observed({ Status: "created", StartedAt: NEVER })).to.deep.include({
      startedAt: null,
      finishedAt: null,
    });
  });

  it("health without a check is none", () => {
    expect(observed({ Status: "running" }).health).to.equal("none");
    const Health = { Status: "", FailingStreak: 0, Log: [] };
    expect(observed({ Status: "running", Health }).health).to.equal("none");
  });

  it("endpoints are the published ports alone", () => {
    expect(observed({ Status: "running" }).endpoints).to.deep.equal([
      { service: "web", containerPort: 8080, protocol: "tcp", address: "127.0.0.1", port: 32_768 },
    ]);
  });
});

describe("the image of an observed container", () => {
  it("is the pin on its label, and the id of what it stands on where an earlier daemon wrote none", () => {
    const { Config, ...own } = inspected({ Status: "running" });
    const imageOf = (Labels: Record<string, string>): string => {
      const container = { ...own, Image: "sha256:34", Config: { ...Config, Labels } };
      return observedContainer(container, "web", MANIFEST_HASH, false).image;
    };
    expect(imageOf({ "berth.image": "docker.io/library/hello@sha256:12" })).to.equal(
      "docker.io/library/hello@sha256:12",
    );
    expect(imageOf({})).to.equal("sha256:34");
  });
});
