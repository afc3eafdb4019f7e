// SPDX-License-Identifier: Apache-2.0
import type { Problem } from "../errors.ts";
import { REFUSED_HOST_KEYS } from "./refused-host-keys.ts";
import { REFUSED_SERVICE_KEYS } from "./refused-service-keys.ts";

/** Keys that are refused for one reason. */
export interface RefusedGroup extends Problem {
  readonly keys: readonly string[];
}

const ONE_COPY = "write the service several times under different names, or open several leases";

const TOP_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["version"],
    reason: "it has no meaning any more: Compose reads every file by the current specification",
    fix: "remove the line",
  },
  {
    keys: ["include"],
    reason: "a manifest is one file, complete in itself",
    fix: "write the services out; `docker compose config` prints them joined",
  },
  {
    keys: ["networks"],
    reason: "the services of a lease share one private network, and no other can be joined",
    fix: "remove it; services reach each other by their service names",
  },
  {
    keys: ["configs", "secrets"],
    reason: "files of your machine do not travel with a manifest",
    fix: "put the file into the image, or its text into an environment variable",
  },
  {
    keys: ["models"],
    reason: "it names a service outside the manifest that a provider does not have",
    fix: "run it as a service of the manifest, or reach it over the network",
  },
];

const DEPLOY_KEYS: readonly RefusedGroup[] = [
  { keys: ["mode", "replicas", "endpoint_mode"], reason: "a service is one container", fix: ONE_COPY },
  {
    keys: ["placement"],
    reason: "a lease runs where its offer is",
    fix: "remove it; choose an offer in the place you want",
  },
  {
    keys: ["restart_policy"],
    reason: "restarting is said in one place only",
    fix: "write `restart:` on the service",
  },
  {
    keys: ["update_config", "rollback_config"],
    reason: "one container is replaced at once",
    fix: "remove it",
  },
  { keys: ["labels"], reason: "labels are written in one place only", fix: "write `labels:` on the service" },
];

const RESERVATIONS_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["cpus", "memory"],
    reason: "all of a limit is reserved",
    fix: "write deploy.resources.limits",
  },
  {
    keys: ["generic_resources"],
    reason: "a lease has processors, memory, storage and GPUs, and nothing else is counted",
    fix: "remove it; ask for GPUs under `devices`",
  },
];

const DEVICE_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["device_ids"],
    reason: "the provider chooses which of his GPUs a lease gets",
    fix: "remove it, and write `count`",
  },
  {
    keys: ["options"],
    reason: "an option of a driver reaches the provider's machine",
    fix: "remove it",
  },
];

const HEALTHCHECK_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["start_interval"],
    reason: "not every engine has it",
    fix: "remove it; write `interval` and `start_period`",
  },
];

const PORT_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["published", "host_ip"],
    reason: "the provider chooses the address and the port",
    fix: "remove it and read the address from `berth status`",
  },
  {
    keys: ["mode"],
    reason: "the provider decides how a port is published",
    fix: "remove it and read the address from `berth status`",
  },
  {
    keys: ["name"],
    reason: "a published port is known by its number alone",
    fix: "remove it; write `target`, `protocol` and `app_protocol`",
  },
];

const MOUNT_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["bind", "image"],
    reason: "only named volumes are mounted",
    fix: "write type, source, target and read_only of a named volume",
  },
  {
    keys: ["tmpfs"],
    reason: "memory-backed files are written in one place only",
    fix: 'write `tmpfs: ["/path:size=64m"]` on the service',
  },
  {
    keys: ["volume"],
    reason: "a volume starts empty and is mounted as a whole",
    fix: "remove it",
  },
  {
    keys: ["consistency"],
    reason: "it has no meaning on Linux",
    fix: "remove it",
  },
];

const DEPENDENCY_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["restart"],
    reason: "a service is not restarted because another one was",
    fix: "remove it; let the program connect again",
  },
  {
    keys: ["required"],
    reason: "every dependency is required",
    fix: "remove it, or remove the dependency",
  },
];

const VOLUME_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["driver", "driver_opts"],
    reason: "a driver and its options reach the provider's machine",
    fix: "remove it; a volume lies on the storage of the offer",
  },
  {
    keys: ["external", "name"],
    reason: "a lease has no volumes but its own, and their names follow from the lease",
    fix: "remove it; name the volume by its key",
  },
  {
    keys: ["labels"],
    reason: "a volume has no labels",
    fix: "write notes under `labels` of a service",
  },
];

/** Every key of the Compose Specification that is refused, by its path (`*` is any name or index): why, and what to do. */
export const REFUSED_COMPOSE_KEYS: ReadonlyMap<string, Problem> = new Map([
  ...table("", TOP_KEYS),
  ...table("services.*.", REFUSED_HOST_KEYS),
  ...table("services.*.", REFUSED_SERVICE_KEYS),
  ...table("services.*.deploy.", DEPLOY_KEYS),
  ...table("services.*.deploy.resources.reservations.", RESERVATIONS_KEYS),
  ...table("services.*.deploy.resources.reservations.devices.*.", DEVICE_KEYS),
  ...table("services.*.healthcheck.", HEALTHCHECK_KEYS),
  ...table("services.*.ports.*.", PORT_KEYS),
  ...table("services.*.volumes.*.", MOUNT_KEYS),
  ...table("services.*.depends_on.*.", DEPENDENCY_KEYS),
  ...table("volumes.*.", VOLUME_KEYS),
]);

function table(prefix: string, groups: readonly RefusedGroup[]): readonly (readonly [string, Problem])[] {
  return groups.flatMap(({ keys, reason, fix }) =>
    keys.map((key) => [`${prefix}${key}`, { reason, fix }] as const),
  );
}
