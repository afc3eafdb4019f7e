// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { Ingress } from "../domain/ingress.ts";
import { parsePortPool } from "../domain/published-ports.ts";

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** How workloads are reached, and when they count as well. */
export const workloadSettings = {
  /** Host's ports that workloads are published on. */
  publishPorts: z
    .string()
    .default("20000-29999")
    .transform((text, context) => {
      const pool = parsePortPool(text);
      if (pool !== null) return pool;
      context.addIssue({ code: "custom", message: "is no range of ports from 1024 to 65535" });
      return z.NEVER;
    }),
  /** What tenants are told instead of the publish address; null for that address. */
  publishHost: z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,253}$/, "is neither a hostname nor an address")
    .nullable()
    .default(null),
  /** Whose labels the provider's proxy reads; null where he runs none. */
  ingress: z.enum(["traefik", "caddy"], "is neither traefik nor caddy").nullable().default(null),
  /** Where the proxy is asked: hostnames are put before its domain. */
  ingressUrl: z
    .string()
    .refine(isOrigin, "is not of the form https://apps.example.org")
    .nullable()
    .default(null),
  /** Name of the proxy's container. */
  ingressContainer: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, "cannot name a container")
    .nullable()
    .default(null),
  /** For how long a health check must have failed before its lease is paused. */
  healthGraceSeconds: z.coerce
    .number("is not a whole number")
    .int("is not a whole number")
    .positive("is below 1")
    .max(3_600, "is above 3600")
    .default(60),
};

type WorkloadKey = keyof typeof workloadSettings;

/** What to write instead, for each. */
export const WORKLOAD_FIXES: Readonly<Record<WorkloadKey, string>> = {
  publishPorts: "give a range of ports that nothing else on this machine uses, such as 20000-29999",
  publishHost: "give the name or address under which tenants reach the published ports, or leave it away",
  ingress: "say traefik or caddy, or leave it away",
  ingressUrl: "give scheme and domain under which the proxy is asked, such as https://apps.example.org",
  ingressContainer: "give the name of the proxy's container",
  healthGraceSeconds: "give seconds, 3600 at most",
};

interface WorkloadProblem {
  readonly key: WorkloadKey;
  readonly problem: string;
}

/** A proxy's settings stand together, all of them or none. */
export function ingressProblems(
  given: Readonly<Partial<Record<WorkloadKey, unknown>>>,
): readonly WorkloadProblem[] {
  const parts = ["ingressUrl", "ingressContainer"] as const;
  const isThere = given.ingress !== undefined;
  const wrong = parts.filter((key) => (given[key] !== undefined) !== isThere);
  return wrong.map((key) => ({ key, problem: isThere ? "is missing" : "is set without BERTH_INGRESS" }));
}

/** The proxy that answers for workloads; undefined where the provider runs none. */
export function ingressOf({
  ingress: kind,
  ingressUrl: origin,
  ingressContainer: container,
}: {
  readonly ingress: Ingress["kind"] | null;
  readonly ingressUrl: string | null;
  readonly ingressContainer: string | null;
}): Ingress | undefined {
  return kind === null || origin === null || container === null ? undefined : { kind, origin, container };
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, origin } = new URL(text);
  const isWeb = protocol === "http:" || protocol === "https:";
  return isWeb && DOMAIN.test(hostname) && origin === text.replace(/\/$/, "");
}
