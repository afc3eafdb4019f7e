// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import type Dockerode from "dockerode";
import type { HeldGpu } from "../../domain/gpus.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import { ask } from "./ask.ts";
import type { Engine } from "./client.ts";
import { get } from "./get.ts";

/** What an engine can give devices by. */
export interface DeviceDrivers {
  /** Names of the devices that it found in CDI specifications: `nvidia.com/gpu=GPU-...`. */
  readonly cdi: readonly string[];
  /** Whether NVIDIA's own runtime is installed, whose hook is what the engine calls its nvidia driver. */
  readonly nvidia: boolean;
}

/**
 * What the engine is asked for so that a service gets its GPUs and no other device; nothing where it has none. CDI is used where the engine
 * has found every one of them under its own id, and NVIDIA's driver otherwise. PermanentError E_GPU_NOT_GIVEN where neither can give them.
 */
export function deviceRequests(
  service: Pick<ServiceSpec, "name" | "gpus">,
  drivers: DeviceDrivers,
): Dockerode.DeviceRequest[] {
  const gpus = service.gpus ?? [];
  if (gpus.length === 0) return [];
  const names = gpus.map(cdiName);
  if (names.every((name) => drivers.cdi.includes(name))) return [{ Driver: "cdi", DeviceIDs: names }];
  if (drivers.nvidia && gpus.every(({ vendor }) => vendor === "nvidia")) {
    return [{ Driver: "nvidia", DeviceIDs: gpus.map(({ uuid }) => uuid), Capabilities: [["gpu"]] }];
  }
  throw notGiven(
    service.name,
    names.filter((name) => !drivers.cdi.includes(name)),
  );
}

/** Asks the engine what it gives devices by; it is asked only for a service with GPUs. */
export async function askForDevices(
  engine: Engine,
  service: Pick<ServiceSpec, "name" | "gpus">,
  signal: AbortSignal,
): Promise<Dockerode.DeviceRequest[]> {
  if ((service.gpus ?? []).length === 0) return [];
  const told = await ask(engine, {
    what: "ask what devices it has",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<unknown>(engine, "/info", abortSignal),
  });
  return deviceRequests(service, driversOf(told));
}

/** What an engine tells of itself; one that is older than CDI tells nothing of it. */
export function driversOf(info: unknown): DeviceDrivers {
  const { Runtimes, DiscoveredDevices } = (typeof info === "object" && info !== null ? info : {}) as {
    readonly Runtimes?: unknown;
    readonly DiscoveredDevices?: unknown;
  };
  const devices: readonly unknown[] = Array.isArray(DiscoveredDevices) ? DiscoveredDevices : [];
  return {
    cdi: devices.flatMap((device) =>
      typeof device === "object" && device !== null && "ID" in device && typeof device.ID === "string"
        ? [device.ID]
        : [],
    ),
    nvidia: typeof Runtimes === "object" && Runtimes !== null && "nvidia" in Runtimes,
  };
}

function cdiName({ vendor, uuid }: HeldGpu): string {
  return `${vendor}.com/gpu=${uuid}`;
}

function notGiven(service: string, missing: readonly string[]): PermanentError {
  return new PermanentError(
    "E_GPU_NOT_GIVEN",
    `Service ${service}: the engine gives no ${missing.join(", ")}, neither by CDI nor by NVIDIA's runtime.`,
    {
      atRisk: "the lease does not run",
      next: "Make a CDI specification that names GPUs by their ids (`nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml`) and switch CDI on in the engine, or install NVIDIA's container toolkit.",
      facts: { service },
    },
  );
}
