// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import { expect } from "chai";
import type { HeldGpu } from "../../domain/gpus.ts";
import { service, workload } from "../contract-fixtures.ts";
import { requireAllowed } from "./allowed-options.ts";
import { containerOptions } from "./container-options.ts";
import { deviceRequests, driversOf } from "./device-requests.ts";

const ONE = { vendor: "nvidia", uuid: "GPU-a75cda02-62ce-2c30-9150-555ef08935e2" } as const;
const TWO = { vendor: "nvidia", uuid: "GPU-8e2712fe-6590-250e-8b90-280dbc470b41" } as const;
const RADEON = { vendor: "amd", uuid: "0xda20e05348498592" } as const;
const asking = (...gpus: readonly HeldGpu[]) => ({ name: "web", gpus });
const cdi = (...gpus: readonly HeldGpu[]): readonly string[] =>
  gpus.map(({ vendor, uuid }) => `${vendor}.com/gpu=${uuid}`);

describe("requests for devices", () => {
  it("are none for a service without GPUs, whatever the engine has", () => {
    expect(deviceRequests({ name: "web" }, { cdi: cdi(ONE), nvidia: true })).to.deep.equal([]);
  });

  it("name each GPU by its own id through CDI, where the engine found all of them", () => {
    expect(deviceRequests(asking(ONE, TWO), { cdi: cdi(TWO, ONE, RADEON), nvidia: true })).to.deep.equal([
      { Driver: "cdi", DeviceIDs: cdi(ONE, TWO) },
    ]);
    expect(deviceRequests(asking(RADEON), { cdi: cdi(RADEON), nvidia: false })).to.deep.equal([
      { Driver: "cdi", DeviceIDs: cdi(RADEON) },
    ]);
  });

  it("name them through NVIDIA's driver where CDI does not have all of them", () => {
    for (const found of [[], cdi(ONE)]) {
      expect(deviceRequests(asking(ONE, TWO), { cdi: found, nvidia: true })).to.deep.equal([
        { Driver: "nvidia", DeviceIDs: [ONE.uuid, TWO.uuid], Capabilities: [["gpu"]] },
      ]);
    }
  });

  it("are refused where neither has them: a GPU by its number, or all GPUs, is never taken instead", () => {
    const numbered = ["amd.com/gpu=0", "amd.com/gpu=all", "nvidia.com/gpu=0", "nvidia.com/gpu=all"];
    for (const [gpu, nvidia] of [
      [ONE, false],
      [RADEON, true],
      [RADEON, false],
    ] as const) {
      expect(() => deviceRequests(asking(gpu), { cdi: numbered, nvidia }))
        .to.throw(PermanentError)
        .with.property("code", "E_GPU_NOT_GIVEN");
    }
  });

  it("are the only door to devices in what the engine is asked for, and the label tells which they are", () => {
    const identity = { chainId: 31337, market: "0x1111111111111111111111111111111111111111" } as const;
    const spec = service("image", { gpus: [ONE, TWO] });
    const devices = deviceRequests(spec, { cdi: cdi(ONE, TWO), nvidia: false });
    const input = {
      identity,
      leaseId: 5n,
      service: spec,
      tier: "runc" as const,
      isMapped: false,
      publishAddress: "192.0.2.7",
      devices,
    };
    const options = containerOptions(input, workload(5n));
    requireAllowed(options, workload(5n));
    const { HostConfig, Labels } = options;
    expect(HostConfig).to.deep.include({
      DeviceRequests: devices,
      Devices: [],
      DeviceCgroupRules: [],
      Privileged: false,
    });
    expect(Labels).to.include({ "berth.gpus": `${ONE.uuid},${TWO.uuid}` });
    const without = containerOptions({ ...input, service: service("image"), devices: [] }, workload(5n));
    expect(without.HostConfig).to.deep.include({ DeviceRequests: [] });
    expect(without.Labels).to.not.have.property("berth.gpus");
  });
});

describe("what an engine says of its devices", () => {
  it("is nothing for an engine that is older than CDI", () => {
    expect(driversOf({ Runtimes: { runc: { path: "runc" } } })).to.deep.equal({ cdi: [], nvidia: false });
    expect(driversOf(null)).to.deep.equal({ cdi: [], nvidia: false });
  });

  it("is what it found in CDI specifications, and NVIDIA's runtime", () => {
    const info = {
      Runtimes: { runc: {}, nvidia: {} },
      DiscoveredDevices: [{ Source: "cdi", ID: "nvidia.com/gpu=all" }, { Source: "cdi" }],
    };
    expect(driversOf(info)).to.deep.equal({ cdi: ["nvidia.com/gpu=all"], nvidia: true });
  });
});
