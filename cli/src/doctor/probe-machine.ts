// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { request } from "node:http";
import { dirname } from "node:path";
import { RetryableError } from "@berth/sdk";
import { z } from "zod";
import type { EngineFact, FolderFact, GatewayFact, Listener } from "./judge-machine.ts";
import type { Stray } from "./probe-strays.ts";
import { findStrays } from "./probe-strays.ts";

const LIMIT_MS = 5_000;
const USUAL_SOCKET = "/var/run/docker.sock";
const versionSchema = z.object({ Version: z.string(), ApiVersion: z.string() });
const containersSchema = z.array(z.object({ Id: z.string() }));
const livezSchema = z.object({ live: z.boolean() });
const readyzSchema = z.object({
  failing: z.array(z.object({ what: z.string() })),
});

/** The engine's word on its version. Throws RetryableError E_RUNTIME_UNREACHABLE. */
export async function probeEngine(
  socket: string | undefined,
  dockerHost: string | undefined,
  signal: AbortSignal,
): Promise<EngineFact> {
  const address = socket ?? dockerHost ?? USUAL_SOCKET;
  try {
    const body = isElsewhere(address)
      ? await text(new URL("/version", address.replace(/^tcp:/, "http:")), signal)
      : await textFrom(address, "/version", signal);
    const { Version: version, ApiVersion: apiVersion } = versionSchema.parse(JSON.parse(body));
    return { version, apiVersion };
  } catch (cause) {
    signal.throwIfAborted();
    throw new RetryableError("E_RUNTIME_UNREACHABLE", `no engine answers at ${address}`, {
      atRisk: "nothing is started or stopped",
      next: 'systemctl start docker; if it runs: usermod -aG docker "$(id -un)", or set BERTH_DOCKER_SOCKET',
      cause,
    });
  }
}

/**
 * Processes of containers that the engine does not know; null where this machine cannot show them: it is not Linux, or the engine is
 * not on it. Throws where the engine does not tell its containers.
 */
export async function probeStrays(
  socket: string | undefined,
  dockerHost: string | undefined,
  signal: AbortSignal,
): Promise<readonly Stray[] | null> {
  const address = socket ?? dockerHost ?? USUAL_SOCKET;
  if (isElsewhere(address) || process.platform !== "linux") return null;
  return findStrays("/proc", async () => {
    const body = await textFrom(address, "/containers/json?all=1", signal);
    return new Set(containersSchema.parse(JSON.parse(body)).map(({ Id }) => Id));
  });
}

function isElsewhere(address: string): boolean {
  return /^(tcp|https?):/.test(address);
}

/** The folder, or the nearest one above it where it is not there yet. */
export function nearestFolder(path: string): string {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  return there;
}

export function probeFolder(path: string): FolderFact {
  const there = nearestFolder(path);
  const { bavail, bsize } = statfsSync(there);
  return { path, isWritable: isWritable(there), freeBytes: bavail * bsize };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export async function probeGateway(host: string, port: number, signal: AbortSignal): Promise<GatewayFact> {
  const address = `${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  const listener = await listenerAt(`http://${address}`, signal);
  const complaints = listener === "daemon" ? await complaintsOf(`http://${address}`, signal) : [];
  return { address, listener, complaints };
}

/** Who answers under an address. */
export async function listenerAt(address: string, signal: AbortSignal): Promise<Listener> {
  let body: string;
  try {
    body = await text(`${address.replace(/\/+$/, "")}/livez`, signal);
  } catch (error) {
    signal.throwIfAborted();
    return isRefused(error) ? "nobody" : "stranger";
  }
  const told = livezSchema.safeParse(parsed(body));
  if (!told.success) return "stranger";
  return told.data.live ? "daemon" : "stalled";
}

async function complaintsOf(address: string, signal: AbortSignal): Promise<readonly string[]> {
  const body = await text(`${address}/readyz`, signal).catch(() => "");
  const told = readyzSchema.safeParse(parsed(body));
  return told.success ? told.data.failing.map(({ what }) => what) : [];
}

async function text(url: string | URL, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  return (await fetch(url, { signal: limit, redirect: "error" })).text();
}

function textFrom(address: string, path: string, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  return new Promise((resolve, reject) => {
    const socketPath = address.replace(/^unix:\/\//, "");
    const asked = request({ socketPath, path, signal: limit }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => (body += part));
      response.once("end", () => resolve(body)).once("error", reject);
    });
    asked.once("error", reject).end();
  });
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
