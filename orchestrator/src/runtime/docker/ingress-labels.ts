// SPDX-License-Identifier: Apache-2.0
import type { Ingress } from "../../domain/ingress.ts";
import { hostnameOf, proxyEndpoint, urlOf } from "../../domain/ingress.ts";
import type { LeaseId, MarketIdentity } from "../../domain/identity.ts";
import { containerName, LABELS, networkName } from "../../domain/names.ts";
import type { Endpoint } from "../../domain/observed.ts";
import type { ServiceSpec } from "../../domain/workload.ts";

interface LabelInput {
  readonly identity: MarketIdentity;
  readonly leaseId: LeaseId;
  readonly service: ServiceSpec;
  readonly ingress?: Ingress | undefined;
}

type Labels = Record<string, string>;

/** What tells the provider's proxy of a service's HTTP port; what keeps it away from every other container. */
export function ingressLabels(input: LabelInput): Labels {
  const { ingress, leaseId, service } = input;
  if (ingress === undefined) return {};
  const http = service.ports.find(({ appProtocol }) => appProtocol === "http");
  if (http === undefined) return ingress.kind === "traefik" ? { "traefik.enable": "false" } : {};
  const { containerPort } = http;
  const own = {
    [LABELS.http]: String(containerPort),
    [LABELS.url]: urlOf(ingress, leaseId, service.name),
  };
  const build = ingress.kind === "traefik" ? traefikLabels : caddyLabels;
  return { ...own, ...build({ ...input, ingress }, containerPort) };
}

/** Where the proxy is asked for a container that carries our labels. */
export function proxiedEndpoints(service: string, labels: Readonly<Labels> | null): readonly Endpoint[] {
  const port = labels?.[LABELS.http];
  const url = labels?.[LABELS.url];
  if (port === undefined || url === undefined || !/^\d+$/.test(port) || !URL.canParse(url)) return [];
  return [proxyEndpoint(service, Number(port), url)];
}

type Build = (input: LabelInput & { readonly ingress: Ingress }, port: number) => Labels;

/** Entry points and certificates are the proxy's own configuration: a router without a word about them is on all default ones. */
const traefikLabels: Build = ({ identity, leaseId, service, ingress }, port) => {
  const name = containerName(identity, leaseId, service.name);
  return {
    "traefik.enable": "true",
    "traefik.docker.network": networkName(identity, leaseId),
    [`traefik.http.routers.${name}.rule`]: `Host(\`${hostnameOf(ingress, leaseId, service.name)}\`)`,
    [`traefik.http.routers.${name}.service`]: name,
    [`traefik.http.services.${name}.loadbalancer.server.port`]: String(port),
  };
};

/** A site address without a scheme has the proxy get a certificate and send plain HTTP there. */
const caddyLabels: Build = ({ identity, leaseId, service, ingress }, port) => {
  const hostname = hostnameOf(ingress, leaseId, service.name);
  return {
    caddy: new URL(ingress.origin).protocol === "http:" ? `http://${hostname}` : hostname,
    "caddy.reverse_proxy": `{{upstreams ${port}}}`,
    caddy_ingress_network: networkName(identity, leaseId),
  };
};
