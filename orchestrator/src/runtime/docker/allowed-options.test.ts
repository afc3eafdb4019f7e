// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type Dockerode from "dockerode";
import { ISOLATION_TIERS, type IsolationTier } from "@berth/sdk";
import { service, workload } from "../contract-fixtures.ts";
import { requireAllowed } from "./allowed-options.ts";
import { containerOptions } from "./container-options.ts";

const identity = { chainId: 31337, market: "0x1111111111111111111111111111111111111111" } as const;
const volumes = [{ volume: "data", path: "/data", readOnly: false }];
const spec = service("image", { volumes, tmpfs: [{ path: "/cache", sizeMiB: 1 }] });

type Options = Dockerode.ContainerCreateOptions;

function built(tier: IsolationTier, user: string | null = null): Options {
  const input = {
    identity,
    leaseId: 5n,
    service: { ...spec, user },
    tier,
    isMapped: tier === "userns",
    publishAddress: "127.0.0.1",
  };
  return containerOptions(input, workload(5n, tier));
}

function outsideOf(options: Options, tier: IsolationTier): string {
  try {
    requireAllowed(options, { leaseId: 5n, tier });
    return "nothing";
  } catch (error) {
    expect(error).to.include({ code: "E_CONTAINER_NOT_CLOSED" });
    return String((error as { facts: { outside: string } }).facts.outside);
  }
}

/** What each field must never be, one by one. */
const TAMPERED: Readonly<Record<string, unknown>> = {
  Privileged: true,
  CapDrop: [],
  SecurityOpt: ["no-new-privileges:true", "seccomp=unconfined", "apparmor=docker-default"],
  ReadonlyRootfs: false,
  Binds: ["/var/run/docker.sock:/sock"],
  VolumesFrom: ["other"],
  Links: ["other"],
  Devices: [{ PathOnHost: "/dev/kvm" }],
  DeviceCgroupRules: ["c *:* rwm"],
  DeviceRequests: [{ Count: -1 }],
  GroupAdd: ["0"],
  ExtraHosts: ["metadata:169.254.169.254"],
  Dns: ["10.0.0.1"],
  DnsOptions: ["ndots:1"],
  DnsSearch: [],
  Sysctls: { "net.ipv4.ip_forward": "1" },
  IpcMode: "host",
  PidMode: "host",
  UTSMode: "host",
  UsernsMode: "host",
  CgroupnsMode: "host",
  CgroupParent: "/",
  CpusetCpus: "0",
  CpusetMems: "0",
  PublishAllPorts: true,
  AutoRemove: true,
  OomKillDisable: true,
  OomScoreAdj: -1000,
  RestartPolicy: { Name: "always" },
  LogConfig: { Type: "json-file", Config: {} },
  Memory: 0,
  MemorySwap: -1,
  MemoryReservation: 2 ** 40,
  NanoCpus: 0,
  CpuShares: 0,
  ShmSize: 2 ** 40,
  Init: "yes",
  NetworkMode: "host",
  PortBindings: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "80" }] },
  Tmpfs: { "/tmp": "rw,exec,size=1m" },
  Mounts: [{ Type: "bind", Source: "/", Target: "/host", ReadOnly: false }],
  Runtime: "kata",
  PidsLimit: 0,
  Ulimits: [],
  CapAdd: ["SYS_ADMIN"],
};
/** What the builder never emits, and the engine would take. */
const FOREIGN: Readonly<Record<string, unknown>> = {
  MaskedPaths: [],
  ReadonlyPaths: [],
  StorageOpt: { size: "1m", inodes: "1" },
  Isolation: "process",
  CpuRealtimeRuntime: 950_000,
  constructor: {},
};

describe("the last gate before a container is made", () => {
  it("lets through what the builder builds, on every tier", () => {
    for (const tier of ISOLATION_TIERS) expect(outsideOf(built(tier), tier)).to.equal("nothing");
    for (const tier of ["userns", "gvisor"] as const)
      expect(outsideOf(built(tier, "0"), tier)).to.equal("nothing");
  });

  it("lets a volume be a file system where the daemon keeps its own, and no other folder of the machine", () => {
    const at = (device: string): Options => {
      const options = built("runc");
      const [mount] = options.HostConfig?.Mounts ?? [];
      const DriverConfig = { Name: "local", Options: { type: "none", o: "bind", device } };
      const Mounts = [{ ...mount, VolumeOptions: { ...mount?.VolumeOptions, DriverConfig } }];
      return { ...options, HostConfig: { ...options.HostConfig, Mounts } as Options["HostConfig"] };
    };
    const own = "/var/lib/berth/volumes/berth-31337-11111111-5-vol-data.mount/data";
    expect(outsideOf(at(own), "runc")).to.equal("nothing");
    for (const device of ["/", "/etc", "/var/run/docker.sock", `/x/../${own}`, `${own}/..`, own.slice(1)])
      expect(outsideOf(at(device), "runc"), device).to.include("HostConfig.Mounts");
  });

  it("knows every field that the builder emits, and none beside", () => {
    expect(Object.keys(TAMPERED)).to.have.members(Object.keys(built("runc").HostConfig ?? {}));
  });

  for (const tier of ISOLATION_TIERS) {
    for (const [field, value] of Object.entries({ ...TAMPERED, ...FOREIGN })) {
      it(`on ${tier} stops a container whose ${field} is ${JSON.stringify(value).slice(0, 40)}`, () => {
        const options = built(tier);
        const HostConfig = { ...options.HostConfig, [field]: value };
        expect(outsideOf({ ...options, HostConfig }, tier)).to.include(`HostConfig.${field}`);
      });
    }
  }

  it("stops what is allowed alone and not together", () => {
    expect(outsideOf(built("gvisor"), "runc")).to.equal("HostConfig.Runtime");
    expect(outsideOf(built("runc"), "gvisor")).to.equal("HostConfig.Runtime");
    expect(outsideOf(built("userns", "0"), "runc")).to.equal("User");
    const options = built("userns", "0");
    expect(outsideOf({ ...options, User: "1000:1000" }, "userns")).to.equal("HostConfig.CapAdd");
  });

  it("stops a name for a user, a terminal and a label of somebody else's", () => {
    expect(outsideOf({ ...built("runc"), User: "root" }, "runc")).to.equal("User");
    expect(outsideOf({ ...built("runc"), Tty: true }, "runc")).to.equal("Tty");
    const labelled = (key: string) => ({
      ...built("runc"),
      Labels: { ...built("runc").Labels, [key]: "true" },
    });
    for (const key of ["com.docker.compose.project", "traefik.tcp.routers.a.rule", "caddy.tls", "berth.x=y"])
      expect(outsideOf(labelled(key), "runc")).to.equal(`Labels.${key}`);
    const routerOf = (name: string | undefined) => `traefik.http.routers.${name}.rule`;
    expect(outsideOf(labelled(routerOf("berth-31337-11111111-6-web")), "runc")).to.include("Labels.traefik");
    expect(outsideOf(labelled(routerOf(built("runc").name)), "runc")).to.equal("nothing");
  });
});
