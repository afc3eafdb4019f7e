// SPDX-License-Identifier: Apache-2.0
export { canonicalGpuModel, vendorOfModel } from "./gpu-models.ts";
export {
  type Capacity,
  type CapacityLimits,
  capacityOf,
  type Gpu,
  type GpuVendor,
  type Inventory,
  NO_LIMITS,
  type Shortfall,
  shortfalls,
  shortfallText,
  type Taken,
} from "./inventory.ts";
export { lookAtGpus, lookAtMachine, type RunTool, runTool } from "./look-at-machine.ts";
export { NVIDIA_SMI_ARGUMENTS, parseNvidiaSmi } from "./nvidia-smi.ts";
export { OFFER_PRESETS, PRESET_NAMES, type PresetName } from "./presets.ts";
export { parseRocmSmi, ROCM_SMI_ARGUMENTS } from "./rocm-smi.ts";
