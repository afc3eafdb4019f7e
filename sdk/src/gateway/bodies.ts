// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { LEASE_STATUSES } from "../types.ts";

const decimal = z.string().regex(/^\d+$/);
const port = z.int().min(1).max(65_535);

/** `GET /v1/leases/:id/status`. Numbers of the chain are decimal strings. */
export const gatewayStatusSchema = z.object({
  leaseId: decimal,
  status: z.enum(LEASE_STATUSES),
  phase: z.enum(["awaiting-manifest", "pulling", "starting", "running", "stopped", "failed", "unknown"]),
  /** How far the pull of an image has come, in words; null while nothing is pulled. */
  progress: z.string().nullable().optional(),
  services: z.array(
    z.object({
      name: z.string(),
      /** What runs, for ever the same: `registry/name@sha256:...`, or the id of an image of the provider's own; null before it is made. */
      image: z.string().nullable().optional(),
      /** `frozen` is a running container whose processes are suspended. */
      state: z.enum(["absent", "created", "running", "frozen", "exited"]),
      health: z.enum(["none", "starting", "healthy", "unhealthy"]),
      /** Null unless it exited. */
      exitCode: z.int().nullable(),
      restarts: z.int().optional(),
    }),
  ),
  endpoints: z.array(
    z.object({
      service: z.string(),
      containerPort: port,
      protocol: z.enum(["tcp", "udp"]),
      address: z.string(),
      port,
      url: z.string().optional(),
    }),
  ),
  /** Why the workload is not up. */
  lastError: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** The block that `status` was read at; its timestamp in seconds since 1970. */
  chainBlock: z.object({ number: decimal, timestamp: decimal }),
});

/** A line of `GET /v1/leases/:id/logs`. */
export const gatewayLogLineSchema = z.object({
  service: z.string(),
  stream: z.enum(["stdout", "stderr"]),
  /** As the workload wrote it, control characters and all. */
  text: z.string(),
  /** RFC 3339. */
  at: z.string(),
});

/** What every refusal of a gateway says. */
export const gatewayErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  atRisk: z.string(),
  next: z.string(),
  facts: z.record(z.string(), z.string()),
});

export type GatewayStatus = z.infer<typeof gatewayStatusSchema>;
export type GatewayLogLine = z.infer<typeof gatewayLogLineSchema>;
export type GatewayErrorBody = z.infer<typeof gatewayErrorSchema>;
