// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ManifestError, type Refusal } from "./errors.ts";
import type { Manifest, Service } from "./types.ts";

/** A service with nothing but an image, for tests. */
export const PLAIN_SERVICE: Service = {
  image: "busybox",
  command: null,
  entrypoint: null,
  environment: {},
  ports: [],
  expose: [],
  limits: { cpuMillis: null, memoryMiB: null, pids: null },
  volumes: [],
  tmpfs: [],
  healthcheck: null,
  user: null,
  workingDir: null,
  restart: { on: "never" },
  dependsOn: {},
  init: true,
  stopSignal: null,
  labels: {},
};

/** A service that uses every field; its volume is `data`. */
export const FULL_SERVICE: Partial<Service> = {
  image: "registry.example:5000/app:1@sha256:" + "ab".repeat(32),
  command: ["run", ""],
  entrypoint: ["/bin/sh"],
  environment: { A: "é\n\u2028😀", toJSON: "x", constructor: "y" },
  ports: [{ containerPort: 80, protocol: "tcp" }],
  expose: [{ containerPort: 53, protocol: "udp" }],
  limits: { cpuMillis: 10, memoryMiB: 16, pids: 1 },
  gpus: { driver: "nvidia", count: 1 },
  volumes: [{ volume: "data", path: "/data", readOnly: true }],
  tmpfs: [{ path: "/run", sizeMiB: 8 }],
  healthcheck: { test: ["CMD", "true"], intervalMs: 1000, timeoutMs: 1000, retries: 1, startPeriodMs: 0 },
  user: "1000:1000",
  workingDir: "/",
  restart: { on: "failure", attempts: null },
  init: false,
  stopSignal: "SIGINT",
  labels: { "com.example": "x" },
};

/** A manifest of plain services with the given differences, for tests. */
export function manifestOf(services: Readonly<Record<string, Partial<Service>>>): Manifest {
  const entries = Object.entries(services).map(([name, service]) => [name, { ...PLAIN_SERVICE, ...service }]);
  return {
    name: "test",
    services: Object.fromEntries(entries) as Manifest["services"],
    volumes: {},
    market: { maxRatePerHour: null, deposit: null, tier: null },
  };
}

/** The refusals with which a call fails; fails the test when it does not fail, or otherwise. */
export function refusalsOf(call: () => unknown): readonly Refusal[] {
  try {
    call();
  } catch (error) {
    expect(error).to.be.instanceOf(ManifestError);
    return (error as ManifestError).refusals;
  }
  return expect.fail("nothing was refused");
}

/** The same JSON with the keys of every object in the opposite order. */
export function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}
