// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { FakeDockerEngine } from "../../../../test/fake-engine/fake-engine.ts";
import { HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import { containerName } from "../../domain/names.ts";
import { ManualClock } from "../../test/manual-clock.ts";
import { collect, expectError, patient, run, sampleOf, see, service } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { newIdentity } from "./docker-fixtures.ts";
import type { DockerRuntime } from "./docker-runtime.ts";
import { runtimeOn, startFakeEngine } from "./fake-engine-fixtures.ts";
import { VOYAGE } from "./voyage-fixtures.ts";

const RESTARTED_AT = Date.parse("2026-11-22T12:00:00Z");
const HOUR = 3_600_000;

describe("an engine that goes away and comes back", () => {
  const identity = newIdentity();
  const name = containerName(identity, 1n, "web");
  let clock: ManualClock;
  let fake: FakeDockerEngine;
  let runtime: DockerRuntime;

  beforeEach(async () => {
    clock = new ManualClock(RESTARTED_AT - HOUR);
    fake = await startFakeEngine({ clock });
    runtime = runtimeOn(connectEngine({ socketPath: fake.socketPath }), identity);
    await run(runtime, 1n, service(HELLO_IMAGE));
  });
  afterEach(() => fake.close());

  it("while it is dark every call is unreachable, and none is an empty answer", async () => {
    const before = await runtime.observe(patient());
    await fake.darken();
    for (const { act } of VOYAGE) await expectError(act(runtime), "E_RUNTIME_UNREACHABLE", "retryable");
    await fake.lighten();
    expect(await runtime.observe(patient())).to.deep.equal(before);
    expect(fake.truth.starts(name)).to.have.length(1);
  });

  it("without live-restore its containers are found dead, and died when it came back", async () => {
    await run(runtime, 2n, service(HELLO_IMAGE));
    await runtime.freezeContainer(2n, "web", patient());
    const before = await see(runtime, 1n, "web");
    await fake.darken();
    await clock.advance(HOUR);
    expect(fake.truth.pid(name)).to.be.greaterThan(0);
    await fake.restart({ liveRestore: false });
    const dead = {
      state: "exited",
      exitCode: 137,
      oomKilled: false,
      finishedAt: RESTARTED_AT,
      lostWithEngine: true,
      endpoints: [],
    };
    const after = await see(runtime, 1n, "web");
    expect(after).to.deep.equal({ ...before, ...dead });
    expect(await see(runtime, 2n, "web")).to.deep.include(dead);
    expect(await sampleOf(runtime, before)).to.equal(null);
    await runtime.startContainer(1n, "web", patient());
    expect((await see(runtime, 1n, "web")).startedAt).to.equal(RESTARTED_AT);
    expect(fake.truth.starts(name)).to.have.length(2);
  });

  it("with live-restore the same processes go on as if nothing had been", async () => {
    const before = await see(runtime, 1n, "web");
    const pid = fake.truth.pid(name);
    await clock.advance(HOUR);
    await fake.restart({ liveRestore: true });
    expect(await see(runtime, 1n, "web")).to.deep.equal(before);
    expect(fake.truth.pid(name)).to.equal(pid);
    expect((await sampleOf(runtime, before))?.takenAt).to.equal(RESTARTED_AT);
    expect(fake.truth.starts(name)).to.have.length(1);
  });

  it("a followed log breaks off with an error, and leaves nothing open", async () => {
    const request = { service: "web", tail: 10, follow: true };
    const following = collect(runtime.logs(1n, request, patient()));
    const broken = expectError(following, "E_RUNTIME_UNREACHABLE", "retryable");
    while (fake.truth.followers() === 0) await new Promise((done) => setTimeout(done, 2));
    await fake.darken();
    await broken;
    expect([fake.truth.followers(), fake.truth.openRequests()]).to.deep.equal([0, 0]);
    await fake.lighten();
  });

  it("tells a container that was killed from outside from one that used up its memory", async () => {
    fake.kill(name);
    const end = { state: "exited", exitCode: 137, finishedAt: RESTARTED_AT - HOUR };
    expect(await see(runtime, 1n, "web")).to.deep.include({ ...end, oomKilled: false });
    await runtime.startContainer(1n, "web", patient());
    await clock.advance(HOUR);
    fake.runOutOfMemory(name);
    const finished = { ...end, finishedAt: RESTARTED_AT };
    expect(await see(runtime, 1n, "web")).to.deep.include({ ...finished, oomKilled: true });
  });
});
