// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { type IsolationTier, provenTiers } from "@berth/sdk";
import { expect } from "chai";
import type { LeaseId } from "../../orchestrator/src/domain/identity.ts";
import { containerName } from "../../orchestrator/src/domain/names.ts";
import type { ServiceSpec } from "../../orchestrator/src/domain/workload.ts";
import {
  expectError,
  patient,
  seeUntil,
  service,
  sweep,
  workload,
} from "../../orchestrator/src/runtime/contract-fixtures.ts";
import { newIdentity } from "../../orchestrator/src/runtime/docker/docker-fixtures.ts";
import {
  createDockerRuntime,
  type DockerRuntime,
} from "../../orchestrator/src/runtime/docker/docker-runtime.ts";
import { createDockerHostProbe } from "../../orchestrator/src/runtime/docker/probe/docker-host-probe.ts";
import { ensureHelloImage, HELLO_IMAGE } from "../../scripts/images/build-hello.ts";
import { HardenedEngine, hasRunsc, MAPPED_FROM, type Hardening } from "../helpers/hardened-engine.ts";
import { requireOwnEngine } from "../helpers/own-engine.ts";
import { runWords } from "../helpers/run-words.ts";

const POOL = "10.204.0.0/24";
const DATA = [{ volume: "data", path: "/data", readOnly: false }];

/** A daemon's runtime on an engine that was set up for a tier. */
class Ground {
  readonly identity = newIdentity();
  readonly own: HardenedEngine;
  readonly runtime: DockerRuntime;

  private constructor(own: HardenedEngine) {
    this.own = own;
    const options = { publishAddress: "127.0.0.1", subnetPool: POOL, monotonic: () => performance.now() };
    this.runtime = createDockerRuntime({ ...options, identity: this.identity, socketPath: own.socketPath });
  }

  static async prepare(hardening: Hardening): Promise<Ground> {
    const ground = new Ground(await HardenedEngine.start(hardening));
    await ensureHelloImage(AbortSignal.timeout(60_000), ground.own.engine);
    return ground;
  }

  async run(leaseId: LeaseId, tier: IsolationTier, changes: Partial<ServiceSpec> = {}): Promise<void> {
    const spec = service(HELLO_IMAGE, { memoryMiB: 128, pids: 64, ...changes });
    await this.runtime.createNetwork(leaseId, patient());
    for (const { volume } of spec.volumes)
      await this.runtime.createVolume(leaseId, { name: volume, sizeMiB: 16 }, patient());
    await this.runtime.createContainer(workload(leaseId, tier), spec, patient());
    await this.runtime.startContainer(leaseId, spec.name, patient());
    await seeUntil(this.runtime, leaseId, spec.name, ({ state }) => state === "running");
  }

  say(leaseId: LeaseId, script: string): Promise<string> {
    return runWords(this.own.engine, containerName(this.identity, leaseId, "web"), "sh", "-c", script);
  }

  async pidOf(leaseId: LeaseId): Promise<number> {
    const container = this.own.engine.docker.getContainer(containerName(this.identity, leaseId, "web"));
    return (await container.inspect()).State.Pid;
  }

  proven(): Promise<readonly IsolationTier[]> {
    const probe = createDockerHostProbe({ socketPath: this.own.socketPath, subnetPool: POOL });
    return probe.measure(patient()).then(provenTiers);
  }
}

const ROOTS_CAPABILITIES = 0x4cbn;

describe("the isolation tier userns", function () {
  this.timeout(180_000);
  let ground: Ground;
  before(async function () {
    requireOwnEngine(this);
    ground = await Ground.prepare({ mapsUsers: true });
  });
  after(() => ground?.own.takeDown());
  afterEach(() => sweep(ground.runtime));

  it("is proven where the engine maps users, and gVisor is not", async () => {
    expect(await ground.proven()).to.deep.equal(["runc", "userns"]);
  });

  it("root in a container is nobody on the machine, with six capabilities and no seventh", async () => {
    await ground.run(1n, "userns", { user: "0" });
    const inside = await ground.say(1n, "cat /proc/self/status; id");
    expect(BigInt(`0x${/CapBnd:\s+(\w+)/.exec(inside)?.[1]}`)).to.equal(ROOTS_CAPABILITIES);
    expect(inside)
      .to.match(/NoNewPrivs:\s+1/)
      .and.to.match(/Seccomp:\s+2/)
      .and.to.include("uid=0(root)");
    const outside = readFileSync(`/proc/${await ground.pidOf(1n)}/status`, "utf8");
    expect(outside).to.match(new RegExp(`Uid:\\s+${MAPPED_FROM}\\s`));
  });

  it("root owns its volume and writes it, and no other root file", async () => {
    await ground.run(1n, "userns", { user: "0", volumes: DATA });
    expect(
      await ground.say(1n, "echo kept > /data/file && busybox chown 7:7 /data/file && ls -n /data"),
    ).to.match(/ 7 +7 /);
    expect(await ground.say(1n, "echo x > /etc/passwd")).to.include("Read-only file system");
  });

  it("a user of the lease's own writes its volume, and is another one for another lease", async () => {
    await ground.run(1n, "userns", { volumes: DATA });
    await ground.run(2n, "userns");
    expect(await ground.say(1n, "touch /data/file && ls -n /data && id")).to.match(
      / 1001 +1001 .*\n.*uid=1001/,
    );
    expect(await ground.say(2n, "id")).to.include("uid=1002");
  });

  it("serves offers that claim less on mapped users too, without root", async () => {
    await ground.run(1n, "runc");
    expect(await ground.say(1n, "id")).to.include("uid=1001");
    const root = ground.runtime.createContainer(
      workload(2n, "runc"),
      service(HELLO_IMAGE, { user: "0" }),
      patient(),
    );
    await expectError(root, "E_USER_REFUSED", "permanent");
  });
});

describe("the isolation tier gvisor", function () {
  this.timeout(180_000);
  let ground: Ground;
  before(async function () {
    requireOwnEngine(this);
    if (!hasRunsc()) this.skip();
    ground = await Ground.prepare({ gvisor: true });
  });
  after(() => ground?.own.takeDown());
  afterEach(() => sweep(ground.runtime));

  it("is proven where runsc was seen to run a program under its own kernel, and mapping is not", async () => {
    expect(await ground.proven()).to.deep.equal(["runc", "gvisor"]);
  });

  it("runs what claims it under a kernel that is not the machine's, and what does not claim it under the machine's", async () => {
    await ground.run(1n, "gvisor");
    await ground.run(2n, "runc");
    const machine = readFileSync("/proc/version", "utf8").trim();
    expect(await ground.say(1n, "cat /proc/version")).not.to.include(machine);
    expect((await ground.say(2n, "cat /proc/version")).trim()).to.equal(machine);
  });

  it("a process has no capability, and root has six", async () => {
    await ground.run(1n, "gvisor");
    await ground.run(2n, "gvisor", { user: "0:0" });
    expect(await ground.say(1n, "cat /proc/self/status; id")).to.match(/CapEff:\s+0{16}\b[^]*uid=1900000001/);
    const bounds = /CapBnd:\s+(\w+)/.exec(await ground.say(2n, "cat /proc/self/status"))?.[1];
    expect(BigInt(`0x${bounds}`)).to.equal(ROOTS_CAPABILITIES);
  });

  it("the root folder is read-only, /tmp runs no program, a volume is the user's, and services are reached by name", async () => {
    await ground.run(1n, "gvisor", { volumes: DATA });
    await ground.run(2n, "gvisor", { user: "0" });
    expect(await ground.say(2n, "touch /here")).to.include("Read-only file system");
    expect(await ground.say(1n, "busybox cp /bin/busybox /tmp/b && /tmp/b true")).to.include(
      "Permission denied",
    );
    expect(await ground.say(1n, "touch /data/file && ls -n /data")).to.match(/1900000001 +1900000001/);
    expect(await ground.say(1n, "nc -w 5 web 8080 -e true && echo reached")).to.include("reached");
  });

  it("where it is not set up, nothing runs in its place", async () => {
    const plain = await HardenedEngine.start({});
    try {
      await ensureHelloImage(AbortSignal.timeout(60_000), plain.engine);
      const options = { publishAddress: "127.0.0.1", subnetPool: POOL, monotonic: () => performance.now() };
      const runtime = createDockerRuntime({
        ...options,
        identity: newIdentity(),
        socketPath: plain.socketPath,
      });
      await runtime.createNetwork(1n, patient());
      for (const tier of ["gvisor", "userns"] as const) {
        const attempt = runtime.createContainer(workload(1n, tier), service(HELLO_IMAGE), patient());
        await expectError(attempt, "E_TIER_NOT_ENFORCED", "permanent");
      }
    } finally {
      await plain.takeDown();
    }
  });
});
