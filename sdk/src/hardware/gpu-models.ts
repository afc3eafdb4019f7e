// SPDX-License-Identifier: Apache-2.0
import type { GpuVendor } from "./inventory.ts";

/** A model that is sold with several sizes of memory carries its size: sizes in GiB as it is sold, the least MiB that shows it. */
interface Known {
  readonly pattern: RegExp;
  readonly model: string;
  readonly sizes?: readonly (readonly [gigabytes: number, leastMiB: number])[];
}

const KNOWN: readonly Known[] = [
  { pattern: /\bB200\b/, model: "nvidia-b200-180gb" },
  { pattern: /\bH200\b/, model: "nvidia-h200-141gb" },
  {
    pattern: /\bH100\b/,
    model: "nvidia-h100",
    sizes: [
      [94, 90_000],
      [80, 78_000],
      [64, 62_000],
    ],
  },
  { pattern: /\bH800\b/, model: "nvidia-h800-80gb" },
  {
    pattern: /\bGH200\b/,
    model: "nvidia-gh200",
    sizes: [
      [144, 140_000],
      [96, 90_000],
    ],
  },
  {
    pattern: /\bA100\b/,
    model: "nvidia-a100",
    sizes: [
      [80, 78_000],
      [40, 38_000],
    ],
  },
  {
    pattern: /\bA800\b/,
    model: "nvidia-a800",
    sizes: [
      [80, 78_000],
      [40, 38_000],
    ],
  },
  {
    pattern: /\bV100\b/,
    model: "nvidia-v100",
    sizes: [
      [32, 31_000],
      [16, 15_500],
    ],
  },
  {
    pattern: /\bP100\b/,
    model: "nvidia-p100",
    sizes: [
      [16, 15_500],
      [12, 11_500],
    ],
  },
  { pattern: /\bL40S\b/, model: "nvidia-l40s" },
  { pattern: /\bL40\b/, model: "nvidia-l40" },
  { pattern: /\bL4\b/, model: "nvidia-l4" },
  { pattern: /\bA40\b/, model: "nvidia-a40" },
  { pattern: /\bA30\b/, model: "nvidia-a30" },
  { pattern: /\bA10G\b/, model: "nvidia-a10g" },
  { pattern: /\bA10\b/, model: "nvidia-a10" },
  { pattern: /\bT4\b/, model: "nvidia-t4" },
  { pattern: /\bInstinct MI300X\b/i, model: "amd-mi300x" },
  { pattern: /\bInstinct MI210\b/i, model: "amd-mi210" },
  { pattern: /\bInstinct MI100\b/i, model: "amd-mi100" },
];

/** Words of a product's name that tell one card from another of the same chip, and not what it is. */
const NOISE =
  /\b(?:nvidia|tesla|geforce|quadro|amd|ati|radeon|advanced micro devices|inc|graphics|generation)\b/g;
const MIB_PER_GIB = 1_024;
const NOTHING_LEFT = "gpu";

/**
 * One name for one model, whatever its maker's tools call it: lower case, `vendor-model`, with its memory in GB where the model is sold
 * with several sizes. A model that the table does not have gets a name by rule: the vendor, then the product's name without its makers'
 * words and without blanks between letters and digits, then the memory in whole GiB: `NVIDIA RTX A6000` with 49140 MiB is
 * `nvidia-rtxa6000-48gb`. GeForce cards carry no memory where the name tells them apart: `nvidia-rtx3090`.
 */
export function canonicalGpuModel(vendor: GpuVendor, name: string, memoryMiB: number): string {
  const known = KNOWN.find(({ pattern, model }) => model.startsWith(`${vendor}-`) && pattern.test(name));
  if (known !== undefined) return withSize(known, memoryMiB);
  const words = (/\[(.+)\]/.exec(name)?.[1] ?? name).toLowerCase().replace(NOISE, " ");
  const slug = words.replace(/[^a-z0-9]+/g, "") || NOTHING_LEFT;
  if (/\bgeforce\b/i.test(name)) return `${vendor}-${slug}`;
  return `${vendor}-${slug}-${Math.max(1, Math.round(memoryMiB / MIB_PER_GIB))}gb`;
}

/** The driver that a canonical model is asked for with. */
export function vendorOfModel(model: string): GpuVendor | null {
  if (model.startsWith("nvidia-")) return "nvidia";
  return model.startsWith("amd-") ? "amd" : null;
}

function withSize({ model, sizes }: Known, memoryMiB: number): string {
  if (sizes === undefined) return model;
  const size = sizes.find(([, leastMiB]) => memoryMiB >= leastMiB);
  return `${model}-${size?.[0] ?? Math.max(1, Math.round(memoryMiB / MIB_PER_GIB))}gb`;
}
