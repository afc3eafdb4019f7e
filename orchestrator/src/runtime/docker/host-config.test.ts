// SPDX-License-Identifier: Apache-2.0
import { BerthError, ISOLATION_TIERS, type IsolationTier } from "@berth/sdk";
import { expect } from "chai";
import fc from "fast-check";
import type { MarketIdentity } from "../../domain/identity.ts";
import type { ContainerPort, ServiceSpec } from "../../domain/workload.ts";
import { service, workload } from "../contract-fixtures.ts";
import { requireAllowed } from "./allowed-options.ts";
import { containerOptions } from "./container-options.ts";
import { hostConfig, type LeaseHostConfig } from "./host-config.ts";
import { leaseUser } from "./lease-user.ts";

const identity: MarketIdentity = { chainId: 31337, market: "0x1111111111111111111111111111111111111111" };
const MIB = 1024 * 1024;
const FIELDS =
  "AutoRemove Binds CapAdd CapDrop CgroupParent CgroupnsMode CpuShares CpusetCpus CpusetMems DeviceCgroupRules DeviceRequests Devices Dns DnsOptions " +
  "DnsSearch ExtraHosts GroupAdd Init IpcMode Links LogConfig Memory MemoryReservation MemorySwap Mounts NanoCpus NetworkMode OomKillDisable " +
  "OomScoreAdj PidMode PidsLimit PortBindings Privileged PublishAllPorts ReadonlyRootfs RestartPolicy Runtime SecurityOpt ShmSize Sysctls " +
  "Tmpfs UTSMode Ulimits UsernsMode VolumesFrom";

function build(spec: ServiceSpec, tier: IsolationTier = "runc"): LeaseHostConfig {
  return hostConfig({
    identity,
    leaseId: 5n,
    service: spec,
    tier,
    isMapped: tier === "userns",
    publishAddress: "192.0.2.7",
  });
}

const hostile = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "/var/run/docker.sock",
    "host",
    "container:x",
    "../..",
    "/proc/sys",
    "0",
    "root",
    "__proto__",
  ),
);
const path = fc.oneof(hostile, fc.stringMatching(/^\/[a-z]{1,8}$/));
const port: fc.Arbitrary<ContainerPort> = fc.record({
  containerPort: fc.integer({ min: 1, max: 65_535 }),
  protocol: fc.constantFrom("tcp", "udp"),
});
const anyService: fc.Arbitrary<ServiceSpec> = fc.record({
  name: hostile,
  image: hostile,
  command: fc.option(fc.array(hostile)),
  entrypoint: fc.option(fc.array(hostile)),
  environment: fc.dictionary(hostile, hostile),
  ports: fc.array(port),
  expose: fc.array(port),
  cpuMillis: fc.integer({ min: 10, max: 64_000 }),
  memoryMiB: fc.integer({ min: 6, max: 65_536 }),
  pids: fc.integer({ min: 1, max: 4096 }),
  volumes: fc.array(fc.record({ volume: hostile, path, readOnly: fc.boolean() }), { maxLength: 3 }),
  tmpfs: fc.array(fc.record({ path, sizeMiB: fc.integer({ min: 0, max: 512 }) }), { maxLength: 3 }),
  healthcheck: fc.constant(null),
  user: fc.option(fc.oneof(hostile, fc.constantFrom("1000", "1000:0", "0:1000", "1000:1000", "00", "-1"))),
  workingDir: fc.option(hostile),
  init: fc.boolean(),
  stopSignal: fc.option(hostile),
  restart: fc.constant({ on: "never" } as const),
});

function expectClosed(config: LeaseHostConfig, spec: ServiceSpec, tier: IsolationTier): void {
  expect(Object.keys(config)).to.have.members(FIELDS.split(" "));
  expect(config).to.deep.include({
    ...{ Privileged: false, CapDrop: ["ALL"], Runtime: tier === "gvisor" ? "runsc" : "runc" },
    ...{ Dns: [], DnsOptions: [], DnsSearch: ["."], CpusetCpus: "", CpusetMems: "" },
    ...{ ReadonlyRootfs: true, Binds: [], VolumesFrom: [], Links: [], Devices: [], DeviceRequests: [] },
    ...{ DeviceCgroupRules: [], GroupAdd: [], ExtraHosts: [], Sysctls: {}, CgroupParent: "", UsernsMode: "" },
    ...{ IpcMode: "private", PidMode: "", UTSMode: "", CgroupnsMode: "private", PublishAllPorts: false },
    ...{ AutoRemove: false, OomKillDisable: false, OomScoreAdj: 500, RestartPolicy: { Name: "no" } },
    NetworkMode: "berth-31337-11111111-5-net",
    Memory: spec.memoryMiB * MIB,
    MemorySwap: spec.memoryMiB * MIB,
    MemoryReservation: spec.memoryMiB * MIB,
    CpuShares: Math.max(2, Math.round(spec.cpuMillis * 1.024)),
    NanoCpus: spec.cpuMillis * 1_000_000,
  });
  expect(config.ShmSize).to.be.within(1, spec.memoryMiB * MIB);
  expectOwnMounts(config);
  expectModestTmpfs(config, spec.memoryMiB);
  const bindings: unknown = config.PortBindings;
  const published = spec.ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`);
  const binding = [{ HostIp: "192.0.2.7", HostPort: "" }];
  expect(bindings).to.deep.equal(Object.fromEntries(published.map((key) => [key, binding])));
}

function expectOwnMounts(config: LeaseHostConfig): void {
  for (const mount of config.Mounts ?? []) {
    expect(mount).to.include({ Type: "volume" });
    expect(mount.Source.startsWith("berth-31337-11111111-5-vol-")).to.equal(true);
    expect(mount.Target).not.to.match(/^\/(proc|sys|dev)(\/|$)/);
    expect(mount.VolumeOptions).to.deep.include({
      NoCopy: true,
      DriverConfig: { Name: "local", Options: {} },
    });
  }
}

function expectModestTmpfs(config: LeaseHostConfig, memoryMiB: number): void {
  const options = Object.values(config.Tmpfs ?? {});
  const sizes = options.map((option) =>
    Number(/^rw,noexec,nosuid,nodev,nr_inodes=16k,size=(\d+)m$/.exec(option)?.[1]),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).to.be.at.most(memoryMiB);
  expect(sizes.every((size) => size > 0)).to.equal(true);
}

describe("host configuration", () => {
  it("whatever the service, nothing reaches into the host", () => {
    let built = 0;
    fc.assert(
      fc.property(anyService, fc.constantFrom(...ISOLATION_TIERS), (spec, tier) => {
        try {
          const options = containerOptions(
            {
              identity,
              leaseId: 5n,
              service: spec,
              tier,
              isMapped: tier === "userns",
              publishAddress: "192.0.2.7",
            },
            workload(5n, tier),
          );
          requireAllowed(options, { leaseId: 5n, tier });
          const isRoot = options.User?.startsWith("0:") === true;
          if (tier === "runc") expect(options.User).to.match(/^[1-9]\d*:[1-9]\d*$/);
          expect(options.HostConfig?.CapAdd).to.have.length(isRoot ? 6 : 0);
          expect(Object.keys(options.Labels ?? {}).every((label) => label.startsWith("berth."))).to.equal(
            true,
          );
          expectClosed(build(spec, tier), spec, tier);
          built += 1;
        } catch (error) {
          if (!(error instanceof BerthError)) throw error;
          expect(error.code).to.be.oneOf(["E_MOUNT_REFUSED", "E_USER_REFUSED"]);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(built).to.be.greaterThan(100);
  });

  it("limits of files, cores and locked memory, and the cap of the log, are always set", () => {
    const config = build(service("image"));
    expect(config.Ulimits).to.deep.equal([
      { Name: "nofile", Soft: 4096, Hard: 4096 },
      { Name: "nproc", Soft: 65_536, Hard: 65_536 },
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "memlock", Soft: 65_536, Hard: 65_536 },
    ]);
    expect(config.LogConfig).to.deep.equal({ Type: "local", Config: { "max-size": "10m", "max-file": "3" } });
  });

  it("on gVisor processes are counted inside, and the machine's own bound leaves the sandbox room for them", () => {
    for (const pids of [1, 256, 4_096]) {
      const config = build(service("image", { pids }), "gvisor");
      expect(config.Ulimits).to.deep.include({ Name: "nproc", Soft: pids, Hard: pids });
      expect(config.PidsLimit).to.be.at.least(Math.max(1_024, 8 * pids + 40));
      for (const tier of ["runc", "userns"] as const)
        expect(build(service("image", { pids }), tier).PidsLimit).to.equal(pids);
    }
  });

  it("no two leases near each other are the same user, whom no person on the machine is", () => {
    const userOf = (leaseId: bigint, tier: IsolationTier) =>
      leaseUser(leaseId, service("image"), { tier, isMapped: tier === "userns" }).uid;
    for (const tier of ISOLATION_TIERS) {
      const users = Array.from({ length: 1_000 }, (_, index) => userOf(63_500n + BigInt(index), tier));
      expect(new Set(users)).to.have.length(1_000);
      expect(
        users.every((uid) => (tier === "userns" ? uid >= 1_000 && uid < 65_536 : uid >= 1_900_000_000)),
      ).to.equal(true);
      expect(userOf(2n ** 256n - 1n, tier)).to.be.below(2 ** 31);
    }
  });

  it("publishes ports on the provider's address and a port of the engine's choice, and exposed ones not at all", () => {
    const expose = [{ containerPort: 9000, protocol: "tcp" }] as const;
    expect(build(service("image", { expose })).PortBindings).to.deep.equal({
      "8080/tcp": [{ HostIp: "192.0.2.7", HostPort: "" }],
    });
  });

  it("two builds share nothing that one of them could change", () => {
    build(service("image")).SecurityOpt = [];
    build(service("image")).Binds?.push("/:/host");
    build(service("image")).Ulimits?.pop();
    expect(build(service("image")).SecurityOpt).to.include("no-new-privileges:true");
    expect(build(service("image"))).to.deep.include({ Binds: [] });
    expect(build(service("image")).Ulimits).to.have.length(4);
  });
});
