// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  capacityOf,
  NO_LIMITS,
  shortfalls,
  shortfallText,
  type Gpu,
  type Inventory,
  type Taken,
} from "./inventory.ts";
import { OFFER_PRESETS, PRESET_NAMES } from "./presets.ts";

const gpu = (uuid: string, changes: Partial<Gpu> = {}): Gpu => ({
  ...{ vendor: "nvidia", uuid, model: "nvidia-t4", memoryMiB: 15_360, driver: "580", fault: null },
  ...changes,
});
const machine: Inventory = {
  ...{ cpuMillis: 72_000, memoryMiB: 131_072, storageMiB: 2_000_000 },
  gpus: [gpu("GPU-1"), gpu("GPU-2"), gpu("GPU-3", { fault: "it is lost" })],
};
const lease = (changes: Partial<Taken> = {}): Taken => ({
  ...{ cpuMillis: 1_000, memoryMiB: 1_024, storageMiB: 1_024, gpuCount: 0, gpuModel: "" },
  ...changes,
});

describe("capacityOf", () => {
  it("keeps a tenth of the cores and a GiB of memory back, and no GPU that is at fault is given", () => {
    const { gpus, ...others } = capacityOf(machine);
    expect(others).to.deep.equal({ cpuMillis: 64_800, memoryMiB: 130_048, storageMiB: 2_000_000 });
    expect(gpus.map(({ uuid }) => uuid)).to.deep.equal(["GPU-1", "GPU-2"]);
    expect(capacityOf({ ...machine, memoryMiB: 512 }).memoryMiB).to.equal(0);
  });

  it("is what the provider says, where he says so", () => {
    expect(capacityOf(machine, { ...NO_LIMITS, cpuMillis: 8_000 })).to.include({
      cpuMillis: 8_000,
      memoryMiB: 130_048,
    });
  });
});

describe("shortfalls", () => {
  const capacity = capacityOf(machine);

  it("are none where all leases fit, to the last thousandth", () => {
    expect(shortfalls(capacity, [])).to.deep.equal([]);
    expect(shortfalls(capacity, [lease({ cpuMillis: 64_000 }), lease({ cpuMillis: 800 })])).to.deep.equal([]);
    expect(
      shortfalls(capacity, [lease({ cpuMillis: 64_000 }), lease({ cpuMillis: 801 })]).map(shortfallText),
    ).to.deep.equal(["thousandths of a core: 64801 are needed and 64800 are there"]);
  });

  it("name every resource that is short, each GPU model by itself", () => {
    const t4 = lease({ gpuCount: 3, gpuModel: "nvidia-t4", memoryMiB: 200_000, storageMiB: 3_000_000 });
    const other = lease({ gpuCount: 1, gpuModel: "nvidia-h100-80gb" });
    expect(shortfalls(capacity, [t4, other]).map(({ what }) => what)).to.deep.equal([
      ...["MiB of memory", "MiB of storage", "GPUs nvidia-t4", "GPUs nvidia-h100-80gb"],
    ]);
    expect(
      shortfalls(capacity, [
        lease({ gpuCount: 1, gpuModel: "nvidia-t4" }),
        lease({ gpuCount: 1, gpuModel: "nvidia-t4" }),
      ]),
    ).to.deep.equal([]);
  });
});

describe("the presets of offers", () => {
  it("grow, up to 64 cores and 64 GiB", () => {
    const sizes = PRESET_NAMES.map((name) => OFFER_PRESETS[name]);
    const sorted = sizes.toSorted((one, other) => one.cpuMillis - other.cpuMillis);
    expect(sizes).to.deep.equal(sorted);
    expect(sizes.at(-1)).to.include({ cpuMillis: 64_000, memoryMiB: 65_536 });
  });

  it("fit a machine that is large enough, and are short on one that is not", () => {
    const largest = lease(OFFER_PRESETS["8xlarge"]);
    expect(shortfalls(capacityOf(machine), [largest])).to.deep.equal([]);
    expect(shortfalls(capacityOf({ ...machine, cpuMillis: 64_000 }), [largest])).to.have.length(1);
    expect(shortfalls(capacityOf(machine), [largest, largest]).map(({ what }) => what)).to.deep.equal([
      "thousandths of a core",
      "MiB of memory",
    ]);
  });
});
