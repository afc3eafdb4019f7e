// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { caddyfileOf } from "../../../../test/helpers/caddyfile.ts";
import { hostnameOf, urlOf, type Ingress } from "../../domain/ingress.ts";
import { networkName } from "../../domain/names.ts";
import type { ContainerPort } from "../../domain/workload.ts";
import { service } from "../contract-fixtures.ts";
import { ingressLabels, proxiedEndpoints } from "./ingress-labels.ts";

const identity = { chainId: 31337, market: "0xAbCdEf0123456789aBcDeF0123456789AbCdEf01" } as const;
const HTTP: ContainerPort = { containerPort: 8080, protocol: "tcp", appProtocol: "http" };
const TCP: ContainerPort = { containerPort: 22, protocol: "tcp" };

function ingress(kind: Ingress["kind"], origin = "https://apps.example.org"): Ingress {
  return { kind, origin, container: "berth-ingress" };
}

function labelsOf(
  by: Ingress | undefined,
  ports: readonly ContainerPort[] = [HTTP, TCP],
): Record<string, string> {
  return ingressLabels({ identity, leaseId: 42n, service: service("hello:1", { ports }), ingress: by });
}

describe("labels for a provider's proxy", () => {
  it("are none where he runs none", () => {
    expect(labelsOf(undefined)).to.deep.equal({});
  });

  it("tell Traefik of router, service and network, and nothing of entry points", () => {
    const name = "berth-31337-abcdef01-42-web";
    expect(labelsOf(ingress("traefik"))).to.deep.equal({
      "berth.http": "8080",
      "berth.url": "https://web-42.apps.example.org",
      "traefik.enable": "true",
      "traefik.docker.network": "berth-31337-abcdef01-42-net",
      [`traefik.http.routers.${name}.rule`]: "Host(`web-42.apps.example.org`)",
      [`traefik.http.routers.${name}.service`]: name,
      [`traefik.http.services.${name}.loadbalancer.server.port`]: "8080",
    });
  });

  it("keep Traefik from every other container", () => {
    expect(labelsOf(ingress("traefik"), [TCP])).to.deep.equal({ "traefik.enable": "false" });
    expect(labelsOf(ingress("caddy"), [TCP])).to.deep.equal({});
  });

  for (const [origin, site] of [
    ["https://apps.example.org", "web-42.apps.example.org"],
    ["http://apps.localhost:8080", "http://web-42.apps.localhost"],
  ] as const) {
    it(`make of ${origin} the site ${site} of a Caddyfile`, () => {
      const labels = labelsOf(ingress("caddy", origin));
      const addresses = { bridge: "172.17.0.9", [networkName(identity, 42n)]: "10.200.0.2" };
      expect(caddyfileOf(labels, addresses)).to.equal(`${site} {\n  reverse_proxy 10.200.0.2:8080\n}\n`);
    });
  }

  it("tell the daemon itself where the proxy is asked", () => {
    for (const [origin, port] of [
      ["https://apps.example.org", 443],
      ["http://apps.example.org", 80],
      ["https://apps.example.org:8443", 8443],
    ] as const) {
      const [endpoint] = proxiedEndpoints("web", labelsOf(ingress("caddy", origin)));
      expect(endpoint).to.deep.include({ containerPort: 8080, address: "web-42.apps.example.org", port });
      expect(endpoint?.url).to.equal(origin.replace("apps", "web-42.apps"));
    }
    const unreadable: readonly (Record<string, string> | null)[] = [
      null,
      {},
      { "berth.http": "x", "berth.url": "https://a" },
      { "berth.http": "1", "berth.url": "a" },
    ];
    for (const labels of unreadable) expect(proxiedEndpoints("web", labels)).to.deep.equal([]);
  });

  it("name no two services of any leases alike, and nothing but a hostname", () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
    const place = fc.tuple(fc.bigInt({ min: 0n, max: 2_000n }), name);
    fc.assert(
      fc.property(place, place, ([lease, one], [other, two]) => {
        const by = ingress("caddy");
        expect(hostnameOf(by, lease, one)).to.match(/^[a-z0-9-]+\.apps\.example\.org$/);
        expect(new URL(urlOf(by, lease, one)).hostname).to.equal(hostnameOf(by, lease, one));
        if (lease !== other || one !== two)
          expect(hostnameOf(by, lease, one)).not.to.equal(hostnameOf(by, other, two));
      }),
    );
  });
});
