// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "./identity.ts";
import type { Endpoint } from "./observed.ts";

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/** The proxy through which the provider lets services be reached by a hostname. */
export interface Ingress {
  /** Whose labels it reads. */
  readonly kind: "traefik" | "caddy";
  /** Scheme, domain and port under which it is asked: hostnames are put before the domain. */
  readonly origin: string;
  /** Name of its container. */
  readonly container: string;
}

/** The hostname of a lease's service: no two have the same, since a lease's number has no hyphen in it. */
export function hostnameOf({ origin }: Ingress, leaseId: LeaseId, service: string): string {
  return `${service}-${leaseId}.${new URL(origin).hostname}`;
}

export function urlOf(ingress: Ingress, leaseId: LeaseId, service: string): string {
  const { protocol, port } = new URL(ingress.origin);
  return `${protocol}//${hostnameOf(ingress, leaseId, service)}${port === "" ? "" : `:${port}`}`;
}

/** Where a proxy answers for a service, in the words of an endpoint. */
export function proxyEndpoint(service: string, containerPort: number, url: string): Endpoint {
  const { protocol, hostname, port } = new URL(url);
  const usual = protocol === "https:" ? HTTPS_PORT : HTTP_PORT;
  return {
    ...{ service, containerPort, protocol: "tcp", address: hostname, url },
    port: port === "" ? usual : Number(port),
  };
}
