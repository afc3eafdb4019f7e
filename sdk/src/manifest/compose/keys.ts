// SPDX-License-Identifier: Apache-2.0
import type { Problem, RefusalCode } from "../errors.ts";
import { REFUSED_COMPOSE_KEYS } from "./refused-keys.ts";

/** Every key that is read, by the path of the map it stands in (`*` is any name or index). */
export const ACCEPTED_COMPOSE_KEYS = {
  "": ["name", "services", "volumes", "x-berth"],
  "services.*": [
    "image",
    "command",
    "entrypoint",
    "environment",
    "ports",
    "expose",
    "deploy",
    "volumes",
    "tmpfs",
    "healthcheck",
    "user",
    "working_dir",
    "restart",
    "depends_on",
    "init",
    "stop_signal",
    "labels",
  ],
  "services.*.deploy": ["resources"],
  "services.*.deploy.resources": ["limits", "reservations"],
  "services.*.deploy.resources.limits": ["cpus", "memory", "pids"],
  "services.*.deploy.resources.reservations": ["devices"],
  "services.*.deploy.resources.reservations.devices.*": ["driver", "count", "capabilities"],
  "services.*.healthcheck": ["test", "interval", "timeout", "retries", "start_period", "disable"],
  "services.*.ports.*": ["target", "protocol", "app_protocol"],
  "services.*.volumes.*": ["type", "source", "target", "read_only"],
  "services.*.depends_on.*": ["condition"],
  "volumes.*": ["x-berth"],
  "volumes.*.x-berth": ["size"],
  "x-berth": ["maxRate", "deposit", "tier"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A map of the file whose keys are fixed. */
export type Scope = keyof typeof ACCEPTED_COMPOSE_KEYS;

export function isAccepted(scope: Scope, key: string): boolean {
  const accepted: readonly string[] = ACCEPTED_COMPOSE_KEYS[scope];
  return accepted.includes(key);
}

/** Why a key is refused in this scope; null when it is accepted. */
export function keyRefusal(scope: Scope, key: string): (Problem & { readonly code: RefusalCode }) | null {
  if (isAccepted(scope, key)) return null;
  const known = REFUSED_COMPOSE_KEYS.get(scope === "" ? key : `${scope}.${key}`);
  if (known !== undefined) return { code: "E_MANIFEST_KEY_REFUSED", ...known };
  if (key.startsWith("x-")) {
    const reason = "an extension means nothing to a provider, and nothing in a manifest is ignored";
    return {
      code: "E_MANIFEST_KEY_REFUSED",
      reason,
      fix: "remove it; write a YAML anchor at the place of its first use",
    };
  }
  const list = ACCEPTED_COMPOSE_KEYS[scope].join(", ");
  const fix = list === "" ? "remove it; nothing can be written here" : `remove it, or write one of: ${list}`;
  return { code: "E_MANIFEST_KEY_UNKNOWN", reason: "no such key is known here", fix };
}
