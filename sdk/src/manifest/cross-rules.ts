// SPDX-License-Identifier: Apache-2.0
import { findHttpProblems } from "./http-rules.ts";
import type { LocatedProblem } from "./located-problem.ts";
import { show } from "./path.ts";
import { isRoot } from "./rules.ts";
import { findCycle } from "./start-order.ts";
import type { Manifest, Port, Service } from "./types.ts";

/** What is wrong between the parts of a manifest whose parts are right. */
export function findCrossProblems(manifest: Manifest): readonly LocatedProblem[] {
  const ofServices = Object.entries(manifest.services).flatMap(([name, service]) =>
    [
      ...findUndeclaredVolumes(service, manifest.volumes),
      ...findRepeatedMounts(service),
      ...findRepeatedPorts("ports", service.ports),
      ...findRepeatedPorts("expose", service.expose),
      ...findHttpProblems(name, service),
      ...findVainDependencies(service, manifest.services),
      ...findExposedRoot(service, manifest.market),
    ].map((problem) => ({ ...problem, path: ["services", name, ...problem.path] })),
  );
  return [...ofServices, ...findCycleProblem(manifest)];
}

function findUndeclaredVolumes(service: Service, declared: Manifest["volumes"]): readonly LocatedProblem[] {
  return service.volumes.flatMap(({ volume }, index) =>
    Object.hasOwn(declared, volume)
      ? []
      : [
          problem(
            ["volumes", index],
            `the volume ${show(volume)} is not declared`,
            "name it under the top-level `volumes`",
          ),
        ],
  );
}

function findRepeatedMounts(service: Service): readonly LocatedProblem[] {
  const mounts = [
    ...service.volumes.map(({ path }, index) => ({ at: ["volumes", index], path })),
    ...service.tmpfs.map(({ path }, index) => ({ at: ["tmpfs", index], path })),
  ];
  return mounts
    .filter(({ path }, index) => mounts.findIndex((other) => other.path === path) < index)
    .map(({ at, path }) => problem(at, `something else is mounted at ${show(path)}`, "mount it elsewhere"));
}

function findRepeatedPorts(list: "ports" | "expose", ports: readonly Port[]): readonly LocatedProblem[] {
  const keys = ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`);
  return keys.flatMap((key, index) =>
    keys.indexOf(key) === index
      ? []
      : [problem([list, index], `${key} is written twice`, "keep one of the two")],
  );
}

function findVainDependencies(service: Service, services: Manifest["services"]): readonly LocatedProblem[] {
  return Object.entries(service.dependsOn).flatMap(([name, condition]) => {
    const path = ["dependsOn", name];
    if (!Object.hasOwn(services, name))
      return [problem(path, "no such service is in the manifest", "correct the name")];
    if (condition !== "healthy" || services[name]?.healthcheck !== null) return [];
    return [
      problem(
        path,
        "that service has no health check, so it never is healthy",
        "write a `healthcheck` for it",
      ),
    ];
  });
}

/** Root in a container is root on the machine as soon as one wall falls, unless a second one stands behind it. */
function findExposedRoot({ user }: Service, { tier }: Manifest["market"]): readonly LocatedProblem[] {
  if (user === null || !isRoot(user) || tier === "userns" || tier === "gvisor") return [];
  const fix = "write numbers above 0, or `tier: userns` or `tier: gvisor` under x-berth";
  return [problem(["user"], `${show(user)} is root (0), whom the tier runc refuses`, fix)];
}

function findCycleProblem({ services }: Manifest): readonly LocatedProblem[] {
  const cycle = findCycle(services);
  if (cycle === null) return [];
  const reason = `services wait for each other: ${cycle.map(show).join(" -> ")}`;
  return [problem(["services", cycle[0] ?? "", "dependsOn"], reason, "remove one of the dependencies")];
}

function problem(path: LocatedProblem["path"], reason: string, fix: string): LocatedProblem {
  return { code: "E_MANIFEST_VALUE", path, reason, fix };
}
