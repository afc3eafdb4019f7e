// SPDX-License-Identifier: Apache-2.0
import type { Ingress } from "../../domain/ingress.ts";
import type { Endpoint, HostPort } from "../../domain/observed.ts";
import type { ContainerPort } from "../../domain/workload.ts";

type Bindings = Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;

/** The engine's key of a container's port, `8080/tcp`. */
export function portKey(port: ContainerPort): string {
  return `${port.containerPort}/${port.protocol}`;
}

/** Those of a service's ports that the host publishes: a proxy answers for the one that speaks HTTP. */
export function publishedPorts(
  ports: readonly ContainerPort[],
  ingress: Ingress | undefined,
): readonly ContainerPort[] {
  return ports.filter(({ appProtocol }) => appProtocol === undefined || ingress === undefined);
}

/** The engine's bindings of these ports, each on the host's port that was assigned to it. */
export function portBindings(
  ports: readonly ContainerPort[],
  publishAddress: string,
): Record<string, { HostIp: string; HostPort: string }[]> {
  return Object.fromEntries(
    ports.map((port) => [
      portKey(port),
      [{ HostIp: publishAddress, HostPort: port.hostPort === undefined ? "" : String(port.hostPort) }],
    ]),
  );
}

/** The host's ports that a container takes whenever it runs; one that the engine chooses anew at each start is none of them. */
export function hostPortsOf(told: unknown): readonly HostPort[] {
  return Object.entries((told ?? {}) as Bindings).flatMap(([key, hosts]) =>
    parsed(key).flatMap((port) =>
      (hosts ?? []).flatMap(({ HostPort }) =>
        /^[1-9]\d*$/.test(HostPort) ? [{ ...port, hostPort: Number(HostPort) }] : [],
      ),
    ),
  );
}

/** Where the engine published a service's ports; ports that are only exposed have no binding and are left out. */
export function endpointsOf(service: string, published: Bindings, publishHost?: string): readonly Endpoint[] {
  return Object.entries(published).flatMap(([key, bindings]) =>
    parsed(key).flatMap((port) =>
      (bindings ?? []).map(({ HostIp, HostPort }) => ({
        ...{ service, ...port },
        ...{ address: publishHost ?? HostIp, port: Number(HostPort) },
      })),
    ),
  );
}

function parsed(key: string): readonly ContainerPort[] {
  const [port, protocol] = key.split("/");
  return protocol === "tcp" || protocol === "udp" ? [{ containerPort: Number(port), protocol }] : [];
}
