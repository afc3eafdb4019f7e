// SPDX-License-Identifier: Apache-2.0
import { show } from "../path.ts";
import type { GpuRequest } from "../types.ts";
import { fieldsOf, integerOf, itemsOf, readField, refuse, textOf, type ComposeNode } from "./node.ts";

const SCOPE = "services.*.deploy.resources.reservations";
const EXAMPLE = "{ driver: nvidia, count: 1, capabilities: [gpu] }";
const DRIVERS: readonly string[] = ["nvidia", "amd"];

/** `reservations`, of which only `devices` is read: one entry, which asks for GPUs. */
export function readReservations(node: ComposeNode): GpuRequest | null {
  return readField(fieldsOf(node, SCOPE), "devices", readDevices, null);
}

function readDevices(node: ComposeNode): GpuRequest | null {
  const [device, another] = itemsOf(node);
  if (another !== undefined) {
    refuse(another, { reason: "GPUs are asked for in one entry", fix: "write all of them in the first one" });
  }
  return device === undefined ? null : readDevice(device);
}

/** Compose takes all GPUs where no count is written, which no offer can promise. */
function readDevice(node: ComposeNode): GpuRequest | null {
  const fields = fieldsOf(node, `${SCOPE}.devices.*`);
  const capabilities = readField(fields, "capabilities", readCapabilities, null);
  if (!fields.has("capabilities")) {
    refuse(node, { reason: "no `capabilities` are written", fix: `write ${EXAMPLE}` });
  }
  if (!fields.has("count")) {
    refuse(node, { reason: "no `count` is written: how many GPUs?", fix: `write ${EXAMPLE}` });
  }
  const driver = readField(fields, "driver", readDriver, "nvidia" as const);
  const count = readField(fields, "count", integerOf, null);
  return count === null || capabilities === null ? null : { driver, count };
}

function readDriver(node: ComposeNode): GpuRequest["driver"] | null {
  const text = textOf(node);
  if (text === null) return null;
  if (DRIVERS.includes(text)) return text as GpuRequest["driver"];
  refuse(node, { reason: `${show(text)} is no driver of a GPU here`, fix: "write nvidia or amd" });
  return null;
}

function readCapabilities(node: ComposeNode): readonly string[] | null {
  const words = itemsOf(node).map((item) => textOf(item));
  if (words.length === 1 && words[0] === "gpu") return ["gpu"];
  const shown = words.map((word) => show(word ?? "")).join(", ");
  refuse(node, { reason: `the capabilities ${shown} are not given, only gpu is`, fix: "write [gpu]" });
  return null;
}
