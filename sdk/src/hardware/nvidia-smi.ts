// SPDX-License-Identifier: Apache-2.0
import { canonicalGpuModel } from "./gpu-models.ts";
import { unreadable } from "./hardware-errors.ts";
import type { Gpu } from "./inventory.ts";

/** What is asked for, in this order. */
const FIELDS = [
  "uuid",
  "name",
  "memory.total",
  "driver_version",
  "mig.mode.current",
  "ecc.errors.uncorrected.volatile.total",
] as const;

type Fields = Readonly<Record<"uuid" | "name" | "memory" | "driver" | "mig" | "ecc", string>>;

/** Arguments of `nvidia-smi` whose answer `parseNvidiaSmi` reads. */
export const NVIDIA_SMI_ARGUMENTS: readonly string[] = [
  `--query-gpu=${FIELDS.join(",")}`,
  "--format=csv,noheader,nounits",
];

/** A line of the answer, in the order of the fields. */
const LINE =
  /^(?<uuid>GPU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}),(?<name>[^,]*[^,\s]),(?<memory>[^,]*),\s*(?<driver>[\w.]+)\s*,(?<mig>[^,]*),(?<ecc>[^,]*)$/;
const NOT_TOLD = /^\[?(?:N\/A|Not Supported)\]?$/i;

/** The GPUs of an answer; RetryableError E_GPUS_UNREADABLE where a line is none: a GPU that cannot be read is not one that is not there. */
export function parseNvidiaSmi(answer: string): readonly Gpu[] {
  const lines = answer.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 1 && /^No devices were found$/i.test(lines[0]?.trim() ?? "")) return [];
  const gpus = lines.map(gpuOf);
  const doubled = gpus.find(({ uuid }, index) => gpus.findIndex((other) => other.uuid === uuid) < index);
  if (doubled !== undefined) throw unreadable("nvidia-smi", `it names ${doubled.uuid} twice`);
  return gpus;
}

function gpuOf(line: string): Gpu {
  const fields = LINE.exec(line.trim())?.groups as Fields | undefined;
  if (fields === undefined) {
    throw unreadable("nvidia-smi", `a line of its answer is no GPU: ${line.slice(0, 120)}`);
  }
  const { uuid, name, driver } = fields;
  const [memory, mig, ecc] = [fields.memory.trim(), fields.mig.trim(), fields.ecc.trim()];
  const memoryMiB = /^\d{1,9}$/.test(memory) ? Number(memory) : 0;
  const model = canonicalGpuModel("nvidia", name.trim(), memoryMiB);
  return { vendor: "nvidia", uuid, model, memoryMiB, driver, fault: faultOf(memory, mig, ecc) };
}

/** Where a figure does not exist for a model, as ECC does not for a GeForce, that is nothing against it. */
function faultOf(memory: string, mig: string, ecc: string): string | null {
  if (!/^\d+$/.test(memory)) return "its memory is not told";
  if (/^Enabled$/i.test(mig))
    return "it is divided (MIG), and parts of GPUs are not offered: nvidia-smi -mig 0";
  if (NOT_TOLD.test(ecc)) return null;
  if (!/^\d+$/.test(ecc)) return "its memory errors are not told";
  return Number(ecc) > 0 ? `it has had ${ecc} memory errors that ECC could not correct` : null;
}
