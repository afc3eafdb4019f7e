// SPDX-License-Identifier: Apache-2.0
import type { Dice } from "../differential/dice.ts";

/** A workload that a tenant may want. */
export interface Kind {
  readonly name: string;
  /** The service's part of the Compose file, after `image`. */
  readonly service: readonly string[];
  readonly volumes?: readonly string[];
  /** Whether it ends by itself, and for good. */
  readonly isJob: boolean;
}

export const IMAGE = "hello:1";

const SERVER: Kind = { name: "web", service: ['ports: ["8080"]', "restart: always"], isJob: false };
const DATABASE: Kind = {
  name: "db",
  service: ['volumes: ["data:/data"]', "restart: always"],
  volumes: ["data"],
  isJob: false,
};
const SHORT_JOB: Kind = { name: "job", service: ['command: ["true"]', 'restart: "no"'], isJob: true };
const FAILING_JOB: Kind = { name: "job", service: ['command: ["false"]', 'restart: "no"'], isJob: true };
const LONG_JOB: Kind = { name: "job", service: ['command: ["sleep", "5000"]', 'restart: "no"'], isJob: true };

/** What tenants want, and how often. */
const KINDS = [
  [SERVER, 4],
  [DATABASE, 3],
  [SHORT_JOB, 1],
  [FAILING_JOB, 1],
  [LONG_JOB, 1],
] as const;

export function drawKind(dice: Dice): Kind {
  return dice.weigh(KINDS);
}

export function composeOf({ name, service, volumes = [] }: Kind): string {
  const lines = [`image: ${IMAGE}`, ...service].map((line) => `    ${line}`);
  const declared = volumes.length === 0 ? [] : ["volumes:", ...volumes.map((volume) => `  ${volume}: {}`)];
  return ["name: simulated", "services:", `  ${name}:`, ...lines, ...declared, ""].join("\n");
}
