// SPDX-License-Identifier: Apache-2.0
import { show } from "../path.ts";
import type { GpuRequest, ServiceLimits } from "../types.ts";
import { parseCpuMillis, parseMebibytes } from "../units.ts";
import { readReservations } from "./gpus.ts";
import { fieldsOf, integerOf, readField, refuse, writtenOf, type ComposeNode } from "./node.ts";

/** What a service asks of the offer. */
export interface Asked {
  readonly limits: ServiceLimits;
  readonly gpus: GpuRequest | null;
}

/** Takes a share of what the offer has left. */
const NO_LIMITS: ServiceLimits = { cpuMillis: null, memoryMiB: null, pids: null };

export const NOTHING_ASKED: Asked = { limits: NO_LIMITS, gpus: null };

/** `deploy`, of which only `resources` is read. */
export function readDeploy(node: ComposeNode): Asked {
  return readField(fieldsOf(node, "services.*.deploy"), "resources", readResources, NOTHING_ASKED);
}

function readResources(node: ComposeNode): Asked {
  const fields = fieldsOf(node, "services.*.deploy.resources");
  return {
    limits: readField(fields, "limits", readLimits, NO_LIMITS),
    gpus: readField(fields, "reservations", readReservations, null),
  };
}

function readLimits(node: ComposeNode): ServiceLimits {
  const fields = fieldsOf(node, "services.*.deploy.resources.limits");
  return {
    cpuMillis: readField(fields, "cpus", readCpus, null),
    memoryMiB: readField(fields, "memory", readMemory, null),
    pids: readField(fields, "pids", integerOf, null),
  };
}

function readCpus(node: ComposeNode): number | null {
  const text = writtenOf(node);
  if (text === null) return null;
  const millis = parseCpuMillis(text);
  if (millis === null)
    refuse(node, {
      reason: `${show(text)} is no number of cores`,
      fix: 'write one like "0.25", of at most 3 decimals',
    });
  return millis;
}

function readMemory(node: ComposeNode): number | null {
  const text = writtenOf(node);
  if (text === null) return null;
  const mebibytes = parseMebibytes(text);
  if (mebibytes === null)
    refuse(node, { reason: `${show(text)} is no size`, fix: "write one like 64M or 1G" });
  return mebibytes;
}
