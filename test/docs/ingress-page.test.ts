// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { parseConfig } from "../../orchestrator/src/config/config.ts";
import { ingressOf } from "../../orchestrator/src/config/workload-settings.ts";
import type { Ingress } from "../../orchestrator/src/domain/ingress.ts";
import { containerName, networkName } from "../../orchestrator/src/domain/names.ts";
import { service } from "../../orchestrator/src/runtime/contract-fixtures.ts";
import { ingressLabels } from "../../orchestrator/src/runtime/docker/ingress-labels.ts";
import { STILL } from "../../orchestrator/src/runtime/docker/ingress.ts";
import { ingressPage } from "../helpers/ingress-page.ts";

const identity = { chainId: 31337, market: "0xAbCdEf0123456789aBcDeF0123456789AbCdEf01" } as const;
const LEAST = {
  BERTH_RPC_URL: "http://127.0.0.1:8545",
  BERTH_CHAIN_ID: "1",
  BERTH_MARKET: identity.market,
  BERTH_PROVIDER: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  BERTH_OPERATOR_KEY_FILE: "/keys/operator",
  BERTH_DATA_DIR: "/data",
};

const configured = (): Ingress | undefined =>
  ingressOf(parseConfig({ ...LEAST, ...ingressPage.environment() }));

describe("docs/ingress.md", () => {
  it("gives the daemon settings that it takes", () => {
    expect(configured()).to.deep.equal({
      ...{ kind: "caddy", origin: "https://apps.example.org", container: "berth-ingress" },
    });
  });

  for (const kind of ["Caddy", "Traefik"] as const) {
    describe(`on ${kind}`, () => {
      const { services, networks, volumes } = ingressPage.compose(kind);
      const { proxy } = services;

      it("names the container that the daemon is told of, and starts it as one that is let into a lease's network", () => {
        expect(proxy.container_name).to.equal(configured()?.container);
        expect(proxy.sysctls).to.deep.equal(STILL);
        expect(networks.default.name < networkName(identity, 1n)).to.equal(true);
        expect(networks.default.name < "berth").to.equal(true);
      });

      it("publishes the web's ports and no other, and has each volume that it mounts", () => {
        const published = proxy.ports.map((each) => each.replace("/udp", ""));
        expect([...new Set(published)]).to.deep.equal(["80:80", "443:443"]);
        const named = proxy.volumes.filter((each) => !each.startsWith("/")).map((each) => each.split(":")[0]);
        expect(named).to.deep.equal(Object.keys(volumes));
        const bound = proxy.volumes.filter((each) => each.startsWith("/"));
        expect(bound).to.deep.equal(["/var/run/docker.sock:/var/run/docker.sock:ro"]);
      });

      it("lists the labels that a service of lease 42 gets, and no other", () => {
        const ingress = { ...configured(), kind: kind.toLowerCase() } as Ingress;
        const ports = [{ containerPort: 8080, protocol: "tcp", appProtocol: "http" }] as const;
        const emitted = ingressLabels({
          identity,
          leaseId: 42n,
          service: service("hello:1", { ports }),
          ingress,
        });
        const forProxy = Object.entries(emitted).filter(([name]) => !name.startsWith("berth."));
        const filled = {
          NAME: containerName(identity, 42n, "web"),
          "the lease's network": networkName(identity, 42n),
        };
        expect(ingressPage.labels(kind, filled)).to.deep.equal(Object.fromEntries(forProxy));
      });
    });
  }

  it("tells Caddy the network that it stands in", () => {
    const { services, networks } = ingressPage.compose("Caddy");
    expect(services.proxy.environment).to.deep.equal({ CADDY_INGRESS_NETWORKS: networks.default.name });
  });

  it("has Traefik take labelled containers alone, by entry points and a resolver that it defines, and serve no API", () => {
    const { command = [] } = ingressPage.compose("Traefik").services.proxy;
    const options = new Map(
      command.map((each) => [...each.slice(2).split("=")] as unknown as [string, string]),
    );
    expect(options.get("providers.docker")).to.equal("true");
    expect(options.get("providers.docker.exposedByDefault")).to.equal("false");
    const defined = [...options.keys()].flatMap(
      (key) => /^entryPoints\.(\w+)\.address$/.exec(key)?.[1] ?? [],
    );
    expect(defined).to.include(options.get("entryPoints.web.http.redirections.entryPoint.to"));
    const resolver = options.get("entryPoints.websecure.http.tls.certResolver");
    expect(options.get(`certificatesResolvers.${resolver}.acme.storage`)).to.match(/^\/data\//);
    expect([...options.keys()].filter((key) => /^(api|ping|metrics)\b/i.test(key))).to.deep.equal([]);
  });
});
