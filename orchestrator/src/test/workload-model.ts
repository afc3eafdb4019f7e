// SPDX-License-Identifier: Apache-2.0
import type { Desired } from "../domain/desired.ts";
import type {
  ContainerState,
  ObservedContainer,
  ObservedVolume,
  ObservedWorkload,
} from "../domain/observed.ts";
import type { Step } from "../domain/step.ts";
import { container } from "./builders.ts";

/** A lease and its workload as they would be; steps that could not be taken there throw. */
export interface ModelState {
  readonly desired: Desired;
  readonly workload: ObservedWorkload;
  readonly images: ReadonlySet<string>;
}

type ServiceStep = Extract<Step, { readonly service: string }>;

/** The state after the step; what was started goes on running. */
export function take(state: ModelState, step: Step): ModelState {
  const { workload } = state;
  switch (step.action) {
    case "ensureImage":
      return { ...state, images: new Set([...state.images, step.image]) };
    case "createNetwork":
      return { ...state, workload: { ...workload, hasNetwork: true } };
    case "createVolume":
      return { ...state, workload: { ...workload, volumes: withVolume(workload, step) } };
    case "createContainer":
      return create(state, step);
    case "removeNetwork":
      need(workload.containers.length === 0, step);
      return { ...state, workload: { ...workload, hasNetwork: false } };
    case "removeVolume":
      need(workload.containers.length === 0 && volumeOf(workload, step.volume) !== undefined, step);
      return {
        ...state,
        workload: { ...workload, volumes: workload.volumes.filter(({ name }) => name !== step.volume) },
      };
    default:
      return "service" in step ? change(state, step) : tell(state, step.action);
  }
}

function volumeOf({ volumes }: ObservedWorkload, name: string): ObservedVolume | undefined {
  return volumes.find((volume) => volume.name === name);
}

function withVolume(
  workload: ObservedWorkload,
  step: Extract<Step, { readonly action: "createVolume" }>,
): ObservedWorkload["volumes"] {
  const { volume: name, sizeMiB } = step;
  need((volumeOf(workload, name)?.sizeMiB ?? 0) <= sizeMiB, step);
  const others = workload.volumes.filter((volume) => volume.name !== name);
  return [...others, { name, sizeMiB, isWhole: true }];
}

function create(state: ModelState, step: Extract<Step, { readonly action: "createContainer" }>): ModelState {
  const { workload, images } = state;
  const { service, manifestHash } = step;
  need(images.has(service.image) && workload.hasNetwork, step);
  need(!workload.containers.some((found) => found.service === service.name), step);
  const made = container(service.name, { state: "created", manifestHash });
  return { ...state, workload: { ...workload, containers: [...workload.containers, made] } };
}

function change(state: ModelState, step: ServiceStep): ModelState {
  const { workload } = state;
  const found = workload.containers.find(({ service }) => service === step.service);
  need(found !== undefined, step);
  const others = workload.containers.filter((other) => other !== found);
  const changed = found === undefined ? null : changedBy(step, found, workload);
  const containers = changed === null ? others : [...others, changed];
  return { ...state, workload: { ...workload, containers } };
}

/** Which states a step can be taken in, and what the container is after it; null for gone. */
const CHANGES: Readonly<
  Record<ServiceStep["action"], readonly [readonly ContainerState[], ContainerState | null]>
> = {
  startContainer: [["created", "exited"], "running"],
  thawContainer: [["frozen"], "running"],
  freezeContainer: [["running"], "frozen"],
  stopContainer: [["running", "frozen"], "exited"],
  removeContainer: [["created", "exited"], null],
};

function changedBy(
  step: ServiceStep,
  { state, manifestHash }: ObservedContainer,
  { hasNetwork }: ObservedWorkload,
): ObservedContainer | null {
  const [from, to] = CHANGES[step.action];
  need(from.includes(state) && (hasNetwork || step.action !== "startContainer"), step);
  return to === null ? null : container(step.service, { manifestHash, state: to });
}

/** What the chain says after a transaction; one that its status does not allow would revert. */
function tell(state: ModelState, action: Step["action"]): ModelState {
  const { desired } = state;
  const { leaseId } = desired;
  const status = "status" in desired ? desired.status : "depleted";
  const become = (next: Desired): ModelState => ({ ...state, desired: next });
  const becomeStatus = (from: string, to: "active" | "paused"): ModelState => {
    need("status" in desired && status === from, action);
    return "status" in desired ? become({ ...desired, status: to }) : state;
  };
  if (action === "startLease") return becomeStatus("pending", "active");
  if (action === "resumeLease") return becomeStatus("paused", "active");
  if (action === "pauseLease") return becomeStatus("active", "paused");
  if (action === "completeLease") need(["active", "paused", "depleted"].includes(status), action);
  return become({ kind: "remove", leaseId });
}

function need(holds: boolean, step: Step | Step["action"]): void {
  if (!holds) throw new Error(`cannot be done here: ${typeof step === "string" ? step : step.action}`);
}
