// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { canonicalGpuModel, vendorOfModel } from "./gpu-models.ts";

const NAMES: readonly (readonly [
  vendor: "nvidia" | "amd",
  name: string,
  memoryMiB: number,
  model: string,
])[] = [
  ["nvidia", "NVIDIA A100 80GB PCIe", 81_920, "nvidia-a100-80gb"],
  ["nvidia", "A100-SXM-80GB", 81_252, "nvidia-a100-80gb"],
  ["nvidia", "NVIDIA A100-PCIE-40GB", 40_536, "nvidia-a100-40gb"],
  ["nvidia", "NVIDIA H100 PCIe", 81_559, "nvidia-h100-80gb"],
  ["nvidia", "NVIDIA H100 NVL", 95_830, "nvidia-h100-94gb"],
  ["nvidia", "NVIDIA H200", 143_771, "nvidia-h200-141gb"],
  ["nvidia", "Tesla V100-PCIE-32GB", 32_510, "nvidia-v100-32gb"],
  ["nvidia", "Tesla V100-SXM2-16GB", 16_160, "nvidia-v100-16gb"],
  ["nvidia", "NVIDIA GeForce RTX 4090", 24_564, "nvidia-rtx4090"],
  ["nvidia", "NVIDIA GeForce RTX 3060", 12_288, "nvidia-rtx3060"],
  ["nvidia", "NVIDIA GeForce GTX 1660", 6_144, "nvidia-gtx1660"],
  ["nvidia", "NVIDIA GeForce GTX 1660 Ti", 6_144, "nvidia-gtx1660ti"],
  ["nvidia", "NVIDIA GeForce GTX 1660 SUPER", 6_144, "nvidia-gtx1660super"],
  ["nvidia", "NVIDIA L40S", 46_068, "nvidia-l40s"],
  ["nvidia", "NVIDIA L4", 23_034, "nvidia-l4"],
  ["nvidia", "NVIDIA A10G", 23_028, "nvidia-a10g"],
  ["nvidia", "NVIDIA RTX A4000", 16_376, "nvidia-rtxa4000-16gb"],
  ["amd", "AMD Instinct MI300X", 196_592, "amd-mi300x"],
  ["amd", "Radeon RX 7900 XTX", 24_560, "amd-rx7900xtx-24gb"],
];

describe("canonicalGpuModel", () => {
  for (const [vendor, name, memoryMiB, model] of NAMES) {
    it(`calls ${name} with ${memoryMiB} MiB ${model}`, () => {
      expect(canonicalGpuModel(vendor, name, memoryMiB)).to.equal(model);
      expect(vendorOfModel(model)).to.equal(vendor);
    });
  }

  it("gives every name a model of the vendor's, in small letters, digits and dashes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("nvidia", "amd"),
        fc.string(),
        fc.nat({ max: 300_000 }),
        (vendor, name, memory) => {
          const model = canonicalGpuModel(vendor, name, memory);
          expect(model).to.match(new RegExp(`^${vendor}-[a-z0-9-]+$`));
        },
      ),
    );
  });

  it("knows no vendor of another name", () => {
    expect(vendorOfModel("")).to.equal(null);
    expect(vendorOfModel("intel-arc")).to.equal(null);
  });
});
