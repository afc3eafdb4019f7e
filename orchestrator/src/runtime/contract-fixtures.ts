// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import type { LeaseId } from "../domain/identity.ts";
import type { LogLine, ObservedContainer, ObservedVolume, Sample } from "../domain/observed.ts";
import type { ServiceSpec, WorkloadSpec } from "../domain/workload.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";

export const MANIFEST_HASH = `0x${"ab".repeat(32)}` as const;
export const OTHER_MANIFEST_HASH = `0x${"cd".repeat(32)}` as const;

/** On nobody's behalf, and looked at by nobody. */
export const ANYBODY = { login: null, onProgress: () => undefined };

const PATIENCE_MS = 10_000;
const POLL_MS = 50;

/** A web server of the demonstration's image that publishes port 8080, with the changes given. */
export function service(image: string, changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name: "web",
    image,
    command: ["httpd", "-f", "-v", "-p", "8080", "-h", "/www"],
    entrypoint: null,
    environment: {},
    ports: [{ containerPort: 8080, protocol: "tcp" }],
    expose: [],
    cpuMillis: 250,
    memoryMiB: 32,
    pids: 16,
    volumes: [],
    tmpfs: [],
    healthcheck: null,
    user: null,
    workingDir: null,
    init: true,
    stopSignal: null,
    restart: { on: "never" },
    ...changes,
  };
}

export function workload(
  leaseId: LeaseId,
  tier: WorkloadSpec["tier"] = "runc",
): Pick<WorkloadSpec, "leaseId" | "manifestHash" | "tier"> {
  return { leaseId, manifestHash: MANIFEST_HASH, tier };
}

/** A signal that never fires within a test. */
export function patient(): AbortSignal {
  return new AbortController().signal;
}

/** Creates the lease's network and this service's container, and starts it. */
export async function run(
  runtime: ContainerRuntime,
  leaseId: LeaseId,
  spec: ServiceSpec,
  tier: WorkloadSpec["tier"] = "runc",
): Promise<void> {
  await runtime.createNetwork(leaseId, patient());
  await runtime.createContainer(workload(leaseId, tier), spec, patient());
  await runtime.startContainer(leaseId, spec.name, patient());
}

/** The observed container of the lease's service; fails the test if there is none. */
export async function see(
  runtime: ContainerRuntime,
  leaseId: LeaseId,
  name: string,
): Promise<ObservedContainer> {
  const workloads = await runtime.observe(patient());
  const lease = workloads.find((candidate) => candidate.leaseId === leaseId);
  const found = lease?.containers.find((container) => container.service === name);
  if (found === undefined) throw new Error(`lease ${leaseId} has no container "${name}"`);
  return found;
}

/** Looks until the container is as wanted; fails the test if that takes too long. */
export async function seeUntil(
  runtime: ContainerRuntime,
  leaseId: LeaseId,
  name: string,
  wanted: (container: ObservedContainer) => boolean,
): Promise<ObservedContainer> {
  const end = Date.now() + PATIENCE_MS;
  let container = await see(runtime, leaseId, name);
  while (!wanted(container)) {
    if (Date.now() > end) throw new Error(`container stayed ${JSON.stringify(container)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    container = await see(runtime, leaseId, name);
  }
  return container;
}

export async function collect(lines: AsyncIterable<LogLine>): Promise<readonly LogLine[]> {
  const all: LogLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

/** Names of volumes that must all be whole. */
export function namesOf(volumes: readonly ObservedVolume[] | undefined): readonly string[] {
  expect(volumes?.every(({ isWhole }) => isWhole)).to.equal(true);
  return volumes?.map(({ name }) => name) ?? [];
}

/** Removes everything of the runtime's market. */
export async function sweep(runtime: ContainerRuntime): Promise<void> {
  for (const { leaseId, containers, volumes } of await runtime.observe(patient())) {
    for (const container of containers) await runtime.removeContainer(leaseId, container.service, patient());
    for (const { name } of volumes) await runtime.removeVolume(leaseId, name, patient());
    await runtime.removeNetwork(leaseId, patient());
  }
}

/** The call must fail with this code, and be of the retryable kind or not. */
export async function expectError(
  promise: Promise<unknown>,
  code: string,
  kind: "retryable" | "permanent",
): Promise<BerthError> {
  const outcome = await promise.then(
    () => "no error",
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(BerthError).with.property("code", code);
  expect(outcome).to.have.property("retryable", kind === "retryable");
  if (outcome instanceof BerthError) return outcome;
  throw new Error("unreachable");
}

/** The sample of one container; throws why there is none to be had. */
export async function sampleOf(
  runtime: ContainerRuntime,
  container: ObservedContainer,
): Promise<Sample | null> {
  const [outcome] = await runtime.sample([container], patient());
  if (outcome?.status === "rejected") throw outcome.reason;
  return outcome?.value ?? null;
}
