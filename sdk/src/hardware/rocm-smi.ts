// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { canonicalGpuModel } from "./gpu-models.ts";
import { unreadable } from "./hardware-errors.ts";
import type { Gpu } from "./inventory.ts";

/** Arguments of `rocm-smi` whose answer `parseRocmSmi` reads. */
export const ROCM_SMI_ARGUMENTS: readonly string[] = [
  "--showproductname",
  "--showuniqueid",
  "--showmeminfo",
  "vram",
  "--showdriverversion",
  "--json",
];

const BYTES_PER_MIB = 2 ** 20;
/** A processor's own graphics take less than this of the machine's memory, and serve its screen. */
const LEAST_MIB = 2_048;
const answerSchema = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * The GPUs of an answer in JSON, without the graphics of a processor. RetryableError E_GPUS_UNREADABLE where it is none, or where a card
 * has no id of its own: then it cannot be told from another.
 */
export function parseRocmSmi(answer: string): readonly Gpu[] {
  const cards = parsed(answer);
  const driver = lookUp(cards["system"] ?? {}, "Driver version") ?? "unknown";
  const gpus = Object.entries(cards).flatMap(([key, card]) =>
    /^card\d+$/.test(key) ? gpuOf(key, card, driver) : [],
  );
  const doubled = gpus.find(({ uuid }, index) => gpus.findIndex((other) => other.uuid === uuid) < index);
  if (doubled !== undefined) throw unreadable("rocm-smi", `it names ${doubled.uuid} twice`);
  return gpus;
}

function parsed(answer: string): z.output<typeof answerSchema> {
  const start = answer.indexOf("{");
  try {
    return answerSchema.parse(JSON.parse(start === -1 ? answer : answer.slice(start)));
  } catch (cause) {
    throw unreadable("rocm-smi", "its answer is not the JSON that it documents", cause);
  }
}

function gpuOf(key: string, card: Readonly<Record<string, string>>, driver: string): readonly Gpu[] {
  const bytes = lookUp(card, "VRAM Total Memory (B)") ?? "";
  if (!/^\d{1,15}$/.test(bytes)) throw unreadable("rocm-smi", `${key} tells no memory`);
  const memoryMiB = Math.floor(Number(bytes) / BYTES_PER_MIB);
  if (memoryMiB < LEAST_MIB) return [];
  const uuid = (lookUp(card, "Unique ID") ?? "").toLowerCase();
  if (!/^0x[0-9a-f]{1,16}$/.test(uuid)) throw unreadable("rocm-smi", `${key} tells no id of its own`);
  const name = lookUp(card, "Card Series") ?? lookUp(card, "Device Name") ?? "";
  const model = canonicalGpuModel("amd", name, memoryMiB);
  return [{ vendor: "amd", uuid, model, memoryMiB, driver, fault: null }];
}

/** Versions of the tool differ in capitals: `Card series`, `Card Series`. */
function lookUp(card: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.entries(card).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}
