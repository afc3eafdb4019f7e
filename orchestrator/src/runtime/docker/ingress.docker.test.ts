// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ensureHelloImage, HELLO_IMAGE } from "../../../../scripts/images/build-hello.ts";
import type { Ingress } from "../../domain/ingress.ts";
import { containerName, networkName } from "../../domain/names.ts";
import { expectError, patient, run, service, sweep } from "../contract-fixtures.ts";
import { connectEngine } from "./client.ts";
import { execIn, newIdentity, PUBLISH_ADDRESS, SUBNET_POOL, withDocker } from "./docker-fixtures.ts";
import { createDockerRuntime } from "./docker-runtime.ts";
import { proxies } from "./publishing-fixtures.ts";

const PINGS = 40;

await withDocker("a proxy in the networks of two leases", () => {
  describe("a proxy in the networks of two leases", function () {
    this.timeout(60_000);
    const identity = newIdentity();
    const engine = connectEngine({});
    const { docker } = engine;
    const { startProxy, clear } = proxies(engine);
    const proxy = `berth-proxy-${identity.market.slice(2, 10)}`;
    const probe = `berth-probe-${identity.market.slice(2, 10)}`;
    const ingress: Ingress = { kind: "caddy", origin: "https://apps.example.org", container: proxy };
    const runtime = createDockerRuntime({
      ...{ identity, ingress, publishAddress: PUBLISH_ADDRESS, subnetPool: SUBNET_POOL },
      monotonic: () => performance.now(),
    });
    const web = service(HELLO_IMAGE, {
      ports: [{ containerPort: 8080, protocol: "tcp", appProtocol: "http" }],
    });
    const addressOf = async (container: string, leaseId: bigint) => {
      const { NetworkSettings } = await docker.getContainer(container).inspect();
      return NetworkSettings.Networks[networkName(identity, leaseId)]?.IPAddress ?? "";
    };
    const webOf = (leaseId: bigint) => containerName(identity, leaseId, "web");
    const isAnswered = async (from: string, address: string) => {
      const request = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${address} 8080`;
      return (await execIn(from, "sh", "-c", request)).output.includes("200 OK");
    };
    const received = async () =>
      Number((await execIn(webOf(2n), "cat", "/sys/class/net/eth0/statistics/rx_packets")).output);

    before(() => ensureHelloImage(AbortSignal.timeout(60_000)));

    beforeEach(async () => {
      await startProxy(proxy, { "net.ipv4.ip_forward": "0" });
      for (const leaseId of [1n, 2n]) {
        await run(runtime, leaseId, web);
        await runtime.joinIngress(leaseId, patient());
      }
    });

    afterEach(async () => {
      await docker
        .getContainer(probe)
        .remove({ force: true })
        .catch(() => undefined);
      await sweep(runtime);
      await clear();
    });

    /** Somebody in the first lease's network who may do what no tenant may: set routes. He sends to the second lease through the proxy. */
    const sendThroughProxy = async (): Promise<number> => {
      const HostConfig = { NetworkMode: networkName(identity, 1n), CapAdd: ["NET_ADMIN", "NET_RAW"] };
      const container = await docker.createContainer({
        name: probe,
        Image: HELLO_IMAGE,
        User: "0:0",
        HostConfig,
      });
      await container.start();
      const [target, gateway] = [await addressOf(webOf(2n), 2n), await addressOf(proxy, 1n)];
      const route = await execIn(probe, "busybox", "ip", "route", "add", target, "via", gateway);
      expect(route.code, route.output).to.equal(0);
      const before = await received();
      await execIn(probe, "busybox", "ping", "-q", "-c", String(PINGS), "-i", "0.02", "-W", "1", target);
      return (await received()) - before;
    };

    it("reaches both, and lets neither reach the other", async () => {
      const [one, two] = [await addressOf(webOf(1n), 1n), await addressOf(webOf(2n), 2n)];
      expect(await isAnswered(proxy, one)).to.equal(true);
      expect(await isAnswered(proxy, two)).to.equal(true);
      expect(await isAnswered(webOf(1n), two)).to.equal(false);
      expect(await isAnswered(webOf(2n), one)).to.equal(false);
    });

    it("passes nothing on, even to somebody who sets a route through it", async () => {
      expect(await sendThroughProxy()).to.be.below(PINGS / 2);
    });

    it("would pass it on if it forwarded, which is why the daemon lets no such proxy in", async () => {
      await clear();
      await startProxy(proxy, { "net.ipv4.ip_forward": "1" });
      for (const leaseId of [1n, 2n]) {
        const joined = runtime.joinIngress(leaseId, patient());
        await expectError(joined, "E_INGRESS_FORWARDS", "permanent");
        await docker.getNetwork(networkName(identity, leaseId)).connect({ Container: proxy });
      }
      expect(await sendThroughProxy()).to.be.at.least(PINGS / 2);
    });

    it("is gone from both when they go, and serves on", async () => {
      await sweep(runtime);
      const { State, NetworkSettings } = await docker.getContainer(proxy).inspect();
      expect(State.Running).to.equal(true);
      expect(Object.keys(NetworkSettings.Networks)).to.deep.equal([`apps-${proxy}`]);
    });
  });
});
