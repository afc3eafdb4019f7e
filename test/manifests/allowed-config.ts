// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Manifest, ManifestDocument } from "@berth/sdk";
import { workloadOf } from "../../orchestrator/src/reconcile/workload.ts";
import { requireAllowed } from "../../orchestrator/src/runtime/docker/allowed-options.ts";
import { containerOptions } from "../../orchestrator/src/runtime/docker/container-options.ts";
import type { LeaseHostConfig } from "../../orchestrator/src/runtime/docker/host-config.ts";

const MARKET = "0x1111111111111111111111111111111111111111";
const IDENTITY = { chainId: 31_337, market: MARKET } as const;
const HASH = `0x${"ab".repeat(32)}` as const;
const SALT = `0x${"5a".repeat(32)}` as const;
/** Larger than any manifest can ask for, so that none is turned away before it is built. */
const LARGEST = {
  ...{ cpuMillis: 16_000_000, memoryMiB: 2 ** 29, storageMiB: 2 ** 20 },
  ...{ gpuCount: 0, gpuModel: "" },
  tier: "gvisor" as const,
};

/** Builds what the engine would be asked for, of every service, and fails where any of it reaches out of the lease. */
export function expectAllowed(manifest: Manifest): void {
  const document: ManifestDocument = { version: 1, salt: SALT, manifest };
  const workload = workloadOf(5n, HASH, document, LARGEST);
  expect(workload.services).to.have.length.above(0);
  for (const service of workload.services) {
    const { tier } = workload;
    const input = {
      identity: IDENTITY,
      leaseId: 5n,
      service,
      tier,
      isMapped: false,
      publishAddress: "192.0.2.7",
    };
    const options = containerOptions(input, workload);
    requireAllowed(options, workload);
    const { HostConfig, Labels = {}, User = "", name } = options;
    expect(name).to.match(/^berth-31337-11111111-5-[a-z0-9][a-z0-9_-]{0,30}$/);
    expect(User).to.match(/^\d+:\d+$/);
    const mayBeRoot = ["userns", "gvisor"].includes(manifest.market.tier ?? "");
    if (!mayBeRoot) expect(User.split(":")).not.to.include("0");
    expect(HostConfig?.CapAdd).to.have.length(User.startsWith("0:") ? 6 : 0);
    expect(Object.keys(Labels).filter((label) => !label.startsWith("berth."))).to.deep.equal([]);
    expect(Labels).to.include({ "berth.lease": "5", "berth.chain": "31337", "berth.market": MARKET });
    expectClosed(HostConfig as LeaseHostConfig);
  }
}

function expectClosed(config: LeaseHostConfig): void {
  expect(config).to.deep.include({
    ...{ Privileged: false, CapDrop: ["ALL"], ReadonlyRootfs: true, Binds: [], VolumesFrom: [] },
    ...{ Links: [], Devices: [], DeviceCgroupRules: [], DeviceRequests: [], GroupAdd: [], ExtraHosts: [] },
    ...{ Sysctls: {}, IpcMode: "private", PidMode: "", UTSMode: "", UsernsMode: "", CgroupnsMode: "private" },
    ...{ CgroupParent: "", PublishAllPorts: false, NetworkMode: "berth-31337-11111111-5-net" },
    ...{ OomKillDisable: false, RestartPolicy: { Name: "no" } },
  });
  expect(config.SecurityOpt).to.include("no-new-privileges:true");
  expect(config.Memory).to.equal(config.MemorySwap);
  for (const { Type, Source, Target } of config.Mounts ?? []) {
    expect(Type).to.equal("volume");
    expect(Source).to.match(/^berth-31337-11111111-5-vol-[a-z0-9][a-z0-9_-]{0,30}$/);
    expect(Target).to.not.match(/^\/(?:proc|sys|dev)(?:\/|$)|\/\.{1,2}(?:\/|$)|^\/$/);
  }
  for (const [path, options] of Object.entries(config.Tmpfs ?? {})) {
    expect(path).to.not.match(/^\/(?:proc|sys|dev)(?:\/|$)|\/\.{1,2}(?:\/|$)|^\/$/);
    expect(options).to.match(/^rw,noexec,nosuid,nodev,nr_inodes=16k,size=\d+m$/);
  }
  const bindings = Object.values((config.PortBindings ?? {}) as Readonly<Record<string, unknown[]>>).flat();
  for (const binding of bindings) expect(binding).to.deep.equal({ HostIp: "192.0.2.7", HostPort: "" });
}
