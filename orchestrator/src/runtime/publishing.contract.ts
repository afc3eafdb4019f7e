// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Ingress } from "../domain/ingress.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import type { ContainerPort } from "../domain/workload.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import { expectError, patient, run, see, service, sweep, workload } from "./contract-fixtures.ts";

/** An implementation that publishes, with the means to stand in its way. */
export interface PublishingUnderTest {
  /** The runtime of a provider without a proxy, or with one. */
  runtime(ingress?: Ingress): ContainerRuntime;
  readonly image: string;
  /** An image with a label that a proxy would read. */
  readonly steeringImage: string;
  /** A port of the host that nobody holds. */
  freePort(): Promise<number>;
  /** Takes the port, as a program outside would. */
  hold(port: number): Promise<void>;
  /** Starts a container of the provider's own, in a network whose name comes before those of leases, or in the engine's own alone. */
  startProxy(name: string, sysctls: Readonly<Record<string, string>>, ownNetwork?: boolean): Promise<void>;
  clear(): Promise<void>;
}

const STILL = { "net.ipv4.ip_forward": "0" };

/** How ports are published and hostnames answered for, whatever the implementation. */
export function describePublishing(name: string, make: () => Promise<PublishingUnderTest>): void {
  describe(`publishing: ${name}`, function () {
    this.timeout(60_000);
    let under: PublishingUnderTest;
    let plain: ContainerRuntime;

    before(async () => {
      under = await make();
      plain = under.runtime();
    });

    afterEach(async () => {
      await sweep(proxied());
      await under.clear();
    });

    const proxy = `berth-proxy-${Math.random().toString(36).slice(2, 10)}`;
    const proxied = (kind: Ingress["kind"] = "caddy") =>
      under.runtime({ kind, origin: "https://apps.example.org", container: proxy });
    const web = (ports: readonly ContainerPort[], image = under.image) => service(image, { ports });
    const http: ContainerPort = { containerPort: 8080, protocol: "tcp", appProtocol: "http" };
    const of = async (runtime: ContainerRuntime, leaseId: LeaseId): Promise<ObservedWorkload | undefined> =>
      (await runtime.observe(patient())).find((each) => each.leaseId === leaseId);

    for (const protocol of ["tcp", "udp"] as const) {
      it(`a ${protocol} port is published on the host's port that was assigned to it, at every start`, async () => {
        const hostPort = await under.freePort();
        const spec = web([{ containerPort: 8080, protocol, hostPort }]);
        await plain.createNetwork(1n, patient());
        await plain.createContainer(workload(1n), spec, patient());
        const publishes = [{ containerPort: 8080, protocol, hostPort }];
        expect(await see(plain, 1n, "web")).to.deep.include({ publishes, endpoints: [] });
        for (let round = 0; round < 2; round += 1) {
          await plain.startContainer(1n, "web", patient());
          const { endpoints, ...seen } = await see(plain, 1n, "web");
          expect(endpoints.map(({ port }) => port)).to.deep.equal([hostPort]);
          expect(seen.publishes).to.deep.equal(publishes);
          await plain.stopContainer(1n, "web", 0, patient());
        }
        expect((await see(plain, 1n, "web")).publishes).to.deep.equal(publishes);
      });
    }

    it("a port that the engine chooses is none that a container takes for good", async () => {
      await run(plain, 1n, web([{ containerPort: 8080, protocol: "tcp" }]));
      const { endpoints, publishes } = await see(plain, 1n, "web");
      expect(endpoints).to.have.length(1);
      expect(publishes).to.deep.equal([]);
    });

    it("a port that another container has is told, and another one in its place works", async () => {
      const [hostPort, next] = [await under.freePort(), await under.freePort()];
      const ports = (port: number) => [{ containerPort: 8080, protocol: "tcp", hostPort: port }] as const;
      await run(plain, 1n, web(ports(hostPort)));
      const error = await expectError(run(plain, 2n, web(ports(hostPort))), "E_PORT_TAKEN", "retryable");
      expect(error.facts["port"]).to.equal(String(hostPort));
      expect((await see(plain, 2n, "web")).state).to.equal("created");
      expect((await see(plain, 1n, "web")).state).to.equal("running");
      await plain.removeContainer(2n, "web", patient());
      await run(plain, 2n, web(ports(next)));
      expect((await see(plain, 2n, "web")).state).to.equal("running");
    });

    it("a port that a program of the host's has is told", async () => {
      const hostPort = await under.freePort();
      await under.hold(hostPort);
      const spec = web([{ containerPort: 8080, protocol: "tcp", hostPort }]);
      const error = await expectError(run(plain, 1n, spec), "E_PORT_TAKEN", "retryable");
      expect(error.facts["port"]).to.equal(String(hostPort));
    });

    it("an HTTP port is published like any other where no proxy runs, and is nobody's to join", async () => {
      await run(plain, 1n, web([http]));
      const seen = await of(plain, 1n);
      expect(seen?.containers[0]?.endpoints.map(({ url }) => url)).to.deep.equal([undefined]);
      expect(seen?.isApart).to.equal(undefined);
      await expectError(plain.joinIngress(1n, patient()), "E_INGRESS_AWAY", "retryable");
    });

    for (const kind of ["traefik", "caddy"] as const) {
      it(`an HTTP port is reached by a hostname through ${kind}, and by no port of the host`, async () => {
        const runtime = proxied(kind);
        await under.startProxy(proxy, STILL);
        await runtime.createNetwork(1n, patient());
        await runtime.createContainer(workload(1n), web([http]), patient());
        expect((await see(runtime, 1n, "web")).endpoints).to.deep.equal([]);
        await runtime.startContainer(1n, "web", patient());
        const { endpoints, publishes } = await see(runtime, 1n, "web");
        const url = "https://web-1.apps.example.org";
        const place = { address: "web-1.apps.example.org", port: 443, url };
        expect(endpoints).to.deep.equal([{ service: "web", containerPort: 8080, protocol: "tcp", ...place }]);
        expect(publishes).to.deep.equal([]);
      });
    }

    it("a proxy is apart from a lease that needs it until it has joined it, and leaves it when it goes", async () => {
      const runtime = proxied();
      await under.startProxy(proxy, STILL);
      await run(runtime, 1n, web([http]));
      expect((await of(runtime, 1n))?.isApart).to.equal(true);
      for (let round = 0; round < 2; round += 1) {
        await runtime.joinIngress(1n, patient());
        expect((await of(runtime, 1n))?.isApart).to.equal(undefined);
      }
      await runtime.removeContainer(1n, "web", patient());
      await runtime.removeNetwork(1n, patient());
      expect(await of(runtime, 1n)).to.equal(undefined);
      await run(runtime, 1n, web([http]));
      expect((await of(runtime, 1n))?.isApart, "a network made anew").to.equal(true);
      await runtime.joinIngress(1n, patient());
      expect((await of(runtime, 1n))?.isApart).to.equal(undefined);
    });

    it("a proxy is not let into a lease that does not need it", async () => {
      const runtime = proxied();
      await under.startProxy(proxy, STILL);
      await run(runtime, 1n, web([{ containerPort: 8080, protocol: "tcp" }]));
      expect((await of(runtime, 1n))?.isApart).to.equal(undefined);
    });

    it("a proxy that is not there is waited for", async () => {
      const runtime = proxied();
      await run(runtime, 1n, web([http]));
      expect((await of(runtime, 1n))?.isApart).to.equal(true);
      await expectError(runtime.joinIngress(1n, patient()), "E_INGRESS_AWAY", "retryable");
      await under.startProxy(proxy, STILL);
      await runtime.joinIngress(1n, patient());
      expect((await of(runtime, 1n))?.isApart).to.equal(undefined);
    });

    it("a proxy that would forward packets between leases is let into none", async () => {
      const runtime = proxied();
      await under.startProxy(proxy, {});
      await run(runtime, 1n, web([http]));
      await expectError(runtime.joinIngress(1n, patient()), "E_INGRESS_FORWARDS", "permanent");
      expect((await of(runtime, 1n))?.isApart).to.equal(true);
    });

    it("a proxy whose way to the world would lead through a lease's network is let into none", async () => {
      const runtime = proxied();
      await under.startProxy(proxy, STILL, false);
      await run(runtime, 1n, web([http]));
      await expectError(runtime.joinIngress(1n, patient()), "E_INGRESS_NETWORK", "permanent");
      expect((await of(runtime, 1n))?.isApart).to.equal(true);
    });

    it("an image that would steer the provider's proxy gets no container, with a proxy and without", async () => {
      for (const runtime of [plain, proxied("traefik")]) {
        await runtime.createNetwork(1n, patient());
        const creation = runtime.createContainer(workload(1n), web([], under.steeringImage), patient());
        await expectError(creation, "E_IMAGE_LABELS", "permanent");
        expect((await of(runtime, 1n))?.containers).to.deep.equal([]);
      }
    });
  });
}
