// SPDX-License-Identifier: Apache-2.0
import type { Hex } from "viem";
import { z } from "zod";
import { ISOLATION_TIERS } from "../isolation.ts";
import { findCrossProblems } from "./cross-rules.ts";
import type { Problem } from "./errors.ts";
import { imageProblem } from "./image-reference.ts";
import * as rules from "./rules.ts";
import type { Rule } from "./rules.ts";
import type { Manifest, ManifestDocument } from "./types.ts";

const { MAX_ITEMS, MAX_SERVICES, MAX_VARIABLES } = rules;

const port = z.strictObject({
  containerPort: z.int().check(obeys(rules.obeysPort)),
  protocol: z.enum(["tcp", "udp"]),
});

const exposedPorts = z.array(port).check(obeys(rules.atMost(MAX_ITEMS, "ports")));
const ports = z
  .array(port.extend({ appProtocol: z.literal("http").optional() }))
  .check(obeys(rules.atMost(MAX_ITEMS, "ports")));

const limits = z.strictObject({
  cpuMillis: z.int().check(obeys(rules.obeysCpu)).nullable(),
  memoryMiB: z.int().check(obeys(rules.obeysMemory)).nullable(),
  pids: z.int().check(obeys(rules.obeysPids)).nullable(),
});

const gpus = z.strictObject({
  driver: z.enum(["nvidia", "amd"]),
  count: z.int().check(obeys(rules.obeysGpus)),
});

const volumeMount = z.strictObject({
  volume: z.string(),
  path: z.string().check(obeys(rules.obeysMountPath)),
  readOnly: z.boolean(),
});

const tmpfsMount = z.strictObject({
  path: z.string().check(obeys(rules.obeysMountPath)),
  sizeMiB: z.int().check(obeys(rules.obeysTmpfsSize)),
});

const healthcheck = z.strictObject({
  test: z.array(z.string()).check(obeys(rules.obeysTest)),
  intervalMs: z.int().check(obeys(rules.obeysPeriod)),
  timeoutMs: z.int().check(obeys(rules.obeysPeriod)),
  retries: z.int().check(obeys(rules.obeysRetries)),
  startPeriodMs: z.int().check(obeys(rules.obeysStartPeriod)),
});

const restart = z.discriminatedUnion("on", [
  z.strictObject({ on: z.literal("never") }),
  z.strictObject({ on: z.literal("always") }),
  z.strictObject({
    on: z.literal("failure"),
    attempts: z.int().check(obeys(rules.obeysAttempts)).nullable(),
  }),
]);

const command = z.array(z.string()).check(obeys(rules.obeysCommand)).nullable();

const environment = z
  .record(z.string(), z.string().check(obeys(rules.obeysVariableValue)))
  .check(keysObey(rules.obeysVariableName), obeys(rules.atMost(MAX_VARIABLES, "variables")));

const service = z.strictObject({
  image: z.string().check(obeys(imageProblem)),
  command,
  entrypoint: command,
  environment,
  ports,
  expose: exposedPorts,
  limits,
  gpus: gpus.optional(),
  volumes: z.array(volumeMount).check(obeys(rules.atMost(MAX_ITEMS, "volumes"))),
  tmpfs: z.array(tmpfsMount).check(obeys(rules.atMost(MAX_ITEMS, "tmpfs mounts"))),
  healthcheck: healthcheck.nullable(),
  user: z.string().check(obeys(rules.obeysUser)).nullable(),
  workingDir: z.string().check(obeys(rules.obeysPath)).nullable(),
  restart,
  dependsOn: z.record(z.string(), z.enum(["started", "healthy", "completed"])),
  init: z.boolean(),
  stopSignal: z.string().check(obeys(rules.obeysSignal)).nullable(),
  labels: z.record(z.string(), z.string()).check(keysObey(rules.obeysLabelKey)),
});

const tokens = z.string().check(obeys(rules.obeysTokens)).nullable();

/** A manifest with nothing left out and nothing beside it. Rules and their words: `rules.ts` and `cross-rules.ts`. */
export const manifestSchema: z.ZodType<Manifest> = z
  .strictObject({
    name: z.string().check(obeys(rules.obeysName)),
    services: z
      .record(z.string(), service)
      .check(
        keysObey(rules.obeysName),
        obeys(rules.atMost(MAX_SERVICES, "services")),
        obeys(rules.obeysSomeService),
      ),
    volumes: z
      .record(z.string(), z.strictObject({ sizeMiB: z.int().check(obeys(rules.obeysVolumeSize)).nullable() }))
      .check(keysObey(rules.obeysName), obeys(rules.atMost(MAX_ITEMS, "volumes"))),
    market: z.strictObject({
      maxRatePerHour: tokens,
      deposit: tokens,
      tier: z.enum(ISOLATION_TIERS).nullable(),
    }),
  })
  .check(({ value, issues }) => {
    const problems = findCrossProblems(value);
    issues.push(...problems.map(({ path, reason, fix }) => issue(value, { reason, fix }, [...path])));
  });

/** What is hashed and sent: a manifest, its salt and the version of both. */
export const documentSchema: z.ZodType<ManifestDocument> = z.strictObject({
  version: z.literal(1),
  salt: z.custom<Hex>((value) => typeof value === "string" && rules.isSalt(value), {
    error: "is no salt of 32 bytes",
    params: { fix: "write 0x and 64 lower-case hex digits" },
  }),
  manifest: manifestSchema,
});

function obeys<T>(rule: Rule<T>): (payload: z.core.ParsePayload<T>) => void {
  return ({ value, issues }) => {
    const problem = rule(value);
    if (problem !== null) issues.push(issue(value, problem, []));
  };
}

function keysObey(
  rule: Rule<string>,
): (payload: z.core.ParsePayload<Readonly<Record<string, unknown>>>) => void {
  return ({ value, issues }) => {
    for (const key of Object.keys(value)) {
      const problem = rule(key);
      if (problem !== null) issues.push(issue(key, problem, [key]));
    }
  };
}

function issue(input: unknown, { reason, fix }: Problem, path: (string | number)[]): z.core.$ZodRawIssue {
  return { code: "custom", message: reason, params: { fix }, input, path, continue: true };
}
