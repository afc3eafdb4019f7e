// SPDX-License-Identifier: Apache-2.0
import type { Endpoint } from "../../domain/observed.ts";
import type { ContainerPort } from "../../domain/workload.ts";

/** The engine's key of a container's port, `8080/tcp`. */
export function portKey(port: ContainerPort): string {
  return `${port.containerPort}/${port.protocol}`;
}

/** Where the engine published a service's ports; ports that are only exposed have no binding and are left out. */
export function endpointsOf(
  service: string,
  published: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>,
): readonly Endpoint[] {
  return Object.entries(published).flatMap(([key, bindings]) => {
    const [port, protocol] = key.split("/");
    if (protocol !== "tcp" && protocol !== "udp") return [];
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      service,
      containerPort: Number(port),
      protocol,
      address: HostIp,
      port: Number(HostPort),
    }));
  });
}
