// SPDX-License-Identifier: Apache-2.0
import type { LocatedProblem } from "./located-problem.ts";
import { show } from "./path.ts";
import type { Service } from "./types.ts";

/** What keeps a service's HTTP port from being reached by a hostname: one port, over tcp, of a service whose name can begin one. */
export function findHttpProblems(name: string, { ports }: Service): readonly LocatedProblem[] {
  const spoken = ports.flatMap((port, index) => (port.appProtocol === "http" ? [{ ...port, index }] : []));
  return spoken.flatMap(({ protocol, index }, nth) => {
    const at = (reason: string, fix: string): readonly LocatedProblem[] => [
      { code: "E_MANIFEST_VALUE", path: ["ports", index], reason, fix },
    ];
    if (nth > 0)
      return at("a service has one HTTP port", "keep `app_protocol: http` on one port of the service");
    if (protocol !== "tcp") return at("HTTP is spoken over tcp", "remove `protocol: udp`, or `app_protocol`");
    if (/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) return [];
    return at(`${show(name)} cannot begin a hostname`, "name the service with a-z, 0-9 and - between them");
  });
}
