// SPDX-License-Identifier: Apache-2.0
import type { Resources } from "../manifest/types.ts";

const PRESET_SIZES = [
  ["nano", 250, 256, 1_024],
  ["micro", 500, 512, 2_048],
  ["small", 1_000, 1_024, 10_240],
  ["medium", 2_000, 4_096, 20_480],
  ["large", 4_000, 8_192, 40_960],
  ["xlarge", 8_000, 16_384, 81_920],
  ["2xlarge", 16_000, 32_768, 163_840],
  ["4xlarge", 32_000, 65_536, 327_680],
  ["8xlarge", 64_000, 65_536, 655_360],
] as const;

export type PresetName = (typeof PRESET_SIZES)[number][0];

/** Sizes of a lease by name, up to 64 cores and 64 GiB of memory. */
export const OFFER_PRESETS: Readonly<
  Record<PresetName, Pick<Resources, "cpuMillis" | "memoryMiB" | "storageMiB">>
> = Object.fromEntries(
  PRESET_SIZES.map(([name, cpuMillis, memoryMiB, storageMiB]) => [
    name,
    { cpuMillis, memoryMiB, storageMiB },
  ]),
) as never;

export const PRESET_NAMES: readonly PresetName[] = PRESET_SIZES.map(([name]) => name);
