// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { Gpu, Inventory } from "@berth/sdk/hardware";
import { capacityOf, OFFER_PRESETS, PRESET_NAMES } from "@berth/sdk/hardware";
import { expect } from "chai";
import { judgeCapacity, judgeInventory } from "../doctor/judge-capacity.ts";
import { oversold } from "./machine-room.ts";
import { offerSize } from "./offer-size.ts";

const none = { gpus: 0, gpuModel: "" };
const gpu = (uuid: string, fault: string | null = null): Gpu => ({
  ...{ vendor: "nvidia", uuid, model: "nvidia-a100-80gb", memoryMiB: 81_920, driver: "580", fault },
});
/** A machine of 72 cores and 128 GiB that no test runs on. */
const machine: Inventory = {
  ...{ cpuMillis: 72_000, memoryMiB: 131_072, storageMiB: 4_000_000 },
  gpus: [gpu("GPU-1"), gpu("GPU-2"), gpu("GPU-3", "it is divided (MIG)")],
};

describe("the size of an offer", () => {
  for (const preset of PRESET_NAMES) {
    it(`is that of the preset ${preset}, of which one fits a machine of 72 cores and 128 GiB`, () => {
      const resources = offerSize({ preset, ...none });
      expect(resources).to.deep.equal({ ...OFFER_PRESETS[preset], gpuCount: 0, gpuModel: "" });
      expect(oversold(capacityOf(machine), [{ places: 1n, resources }])).to.deep.equal([]);
    });
  }

  it("may differ from a preset, and may be said without one", () => {
    expect(offerSize({ preset: "8xlarge", memory: 131_072, ...none })).to.include({
      cpuMillis: 64_000,
      memoryMiB: 131_072,
    });
    expect(offerSize({ cpu: 500, memory: 256, storage: 1_024, ...none })).to.include({
      cpuMillis: 500,
      storageMiB: 1_024,
    });
  });

  it("has GPUs of a canonical model", () => {
    const resources = offerSize({ preset: "large", gpus: 2, gpuModel: "nvidia-a100-80gb" });
    expect(resources).to.include({ gpuCount: 2, gpuModel: "nvidia-a100-80gb" });
  });

  for (const [what, options] of Object.entries({
    "a part of a size": { cpu: 500, memory: 256, ...none },
    nothing: none,
    "GPUs without a model": { preset: "small", gpus: 1, gpuModel: "" },
    "a model without a number": { preset: "small", gpus: 0, gpuModel: "nvidia-t4" },
    "a model of no vendor": { preset: "small", gpus: 1, gpuModel: "a100" },
  } as const)) {
    it(`is not ${what}`, () => {
      expect(() => offerSize(options))
        .to.throw(UserError)
        .with.property("code", "E_OFFER_SIZE");
    });
  }
});

describe("the doctor on capacity", () => {
  const places = (count: bigint, gpus = 0) => ({
    places: count,
    resources: offerSize({ preset: "8xlarge", gpus, gpuModel: gpus === 0 ? "" : "nvidia-a100-80gb" }),
  });

  it("is content where every place of the open offers fits", () => {
    expect(judgeCapacity(capacityOf(machine), [places(1n, 2)]).state).to.equal("ok");
    expect(judgeCapacity(capacityOf(machine), []).state).to.equal("ok");
  });

  it("warns of places that the machine has no room for, over all offers, and says what is short", () => {
    const finding = judgeCapacity(capacityOf(machine), [places(1n, 2), places(1n, 1)]);
    expect(finding.state).to.equal("warning");
    expect(finding.says)
      .to.contain("128000 are needed and 64800 are there")
      .and.to.contain("GPUs nvidia-a100-80gb: 3 are needed and 2");
    expect(finding.fix).to.contain("set-capacity");
  });

  it("tells what the machine has by canonical names, and which GPUs no lease gets", () => {
    expect(judgeInventory({ ...machine, gpus: [gpu("GPU-1"), gpu("GPU-2")] })).to.include({ state: "ok" });
    const finding = judgeInventory(machine);
    expect(finding.state).to.equal("warning");
    expect(finding.says)
      .to.contain("72 cores")
      .and.to.contain("3 x nvidia-a100-80gb")
      .and.to.contain("GPU-3: it is divided");
  });
});
