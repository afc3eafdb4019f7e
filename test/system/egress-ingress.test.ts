// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { systemClock } from "../../orchestrator/src/config/system-clock.ts";
import { hostnameOf, type Ingress } from "../../orchestrator/src/domain/ingress.ts";
import { containerName, networkName } from "../../orchestrator/src/domain/names.ts";
import { patient, run, service, sweep } from "../../orchestrator/src/runtime/contract-fixtures.ts";
import {
  createDockerRuntime,
  type DockerRuntime,
} from "../../orchestrator/src/runtime/docker/docker-runtime.ts";
import { iptablesBackend, nftables, type Backend } from "../../orchestrator/src/runtime/firewall/backend.ts";
import { EgressGuard } from "../../orchestrator/src/runtime/firewall/guard.ts";
import { hostFacts } from "../../orchestrator/src/runtime/firewall/host-facts.ts";
import type { Shell } from "../../orchestrator/src/runtime/firewall/shell.ts";
import { keepingLog } from "../../orchestrator/src/test/logs.ts";
import { HELLO_IMAGE } from "../../scripts/images/build-hello.ts";
import { CONFIG, configure, sitesOf } from "../helpers/caddy.ts";
import { asking } from "../helpers/egress-programs.ts";
import { asContainer, ingressPage } from "../helpers/ingress-page.ts";
import { LeaseWorld, NEAR } from "../helpers/lease-world.ts";
import { requireOwnEngine } from "../helpers/own-engine.ts";
import { makeProgramImage } from "../helpers/program-image.ts";

const BACKENDS: readonly (readonly [string, (shell: Shell) => Backend])[] = [
  ["nftables", nftables],
  ["iptables", iptablesBackend],
];
/** Where Caddy takes orders unless it is told otherwise. */
const ADMIN = 2019;
/** Somebody at home in the provider's own network: out there, every address answers. */
const LAN = "192.168.1.1";
const HTTP = { containerPort: 8080, protocol: "tcp", appProtocol: "http" } as const;
const compose = ingressPage.compose("Caddy");

describe("the proxy of docs/ingress.md and the egress firewall together", function () {
  this.timeout(120_000);
  let world: LeaseWorld;
  let runtime: DockerRuntime;
  const proxy = compose.services.proxy.container_name;
  const ingress: Ingress = { kind: "caddy", origin: "http://apps.example.org", container: proxy };

  before(async function () {
    requireOwnEngine(this);
    world = await LeaseWorld.start();
    const { identity, own } = world;
    if (!(await makeProgramImage("berth/caddy", "caddy", own.engine))) return this.skip();
    runtime = createDockerRuntime({
      ...{ identity, ingress, publishAddress: "0.0.0.0", subnetPool: "10.200.0.0/14" },
      ...{ socketPath: own.socketPath, monotonic: () => performance.now() },
    });
    await startProxy();
    for (const leaseId of [1n, 2n]) {
      await run(runtime, leaseId, service(HELLO_IMAGE, { ports: [HTTP] }));
      await runtime.joinIngress(leaseId, patient());
    }
    await reload();
    // Docker's own walls between its networks: what keeps leases apart has to hold without them.
    await world.must("iptables -F DOCKER-ISOLATION-STAGE-1");
  });

  after(async () => {
    if (world === undefined) return;
    if (runtime !== undefined) await sweep(runtime);
    await world.takeDown();
  });

  for (const [name, make] of BACKENDS) {
    for (const bridged of [1, 0]) {
      describe(`by ${name}, where frames within a bridge ${bridged ? "" : "do not "}pass the rules`, () => {
        before(async () => {
          await world.must(`sysctl -qw net.bridge.bridge-nf-call-iptables=${bridged}`);
          const guard = guardOf(make);
          await guard.look(patient());
          expect(guard.sight()).to.deep.equal({ state: "proved", backend: name });
        });
        after(clear);

        it("let who comes from outside reach a lease's service by its hostname, and no hostname that is nobody's", async () => {
          for (const leaseId of [1n, 2n])
            expect(await asked(world.outside.pid, NEAR[4], hostnameOf(ingress, leaseId, "web"))).to.match(
              /^200 /,
            );
          expect(await asked(world.outside.pid, NEAR[4], hostnameOf(ingress, 3n, "web"))).to.not.match(
            /^200 ./,
          );
        });

        it("keep a lease from where the proxy takes orders", async () => {
          const knock = `busybox nc 127.0.0.1 ${ADMIN} -e true && echo open`;
          const orders = await world.own.runIn(proxy, "sh", "-c", knock);
          expect(orders).to.contain("open");
          const { near, apart } = await addressesOfProxy();
          expect(
            await world.reachedFrom(1n, [`${near} 80`, `${near} ${ADMIN}`, `${apart} ${ADMIN}`], 0),
          ).to.deep.equal([`${near} 80`]);
        });

        it("keep a lease from the provider's network and from another lease, also by a route through the proxy", async () => {
          const { near } = await addressesOfProxy();
          const other = await addressOf(2n);
          const tried = [`${LAN} 80`, `${other} 8080`];
          expect(await world.reachedFrom(1n, tried, 0)).to.deep.equal([]);
          const { pid } = await world.inspect(1n);
          await world.must(`ip route add ${LAN} via ${near} && ip route add ${other} via ${near}`, pid);
          try {
            expect(await world.reachedFrom(1n, tried, 0)).to.deep.equal([]);
          } finally {
            await world.must(`ip route del ${LAN} && ip route del ${other}`, pid);
          }
        });

        it("keep a lease from the proxy's own network and its published ports, so that no hostname of this machine is answered from inside", async () => {
          const { apart } = await addressesOfProxy();
          const { gateway } = await world.inspect(1n);
          const ways = [apart, NEAR[4], gateway].map((address) => `${address} 80`);
          expect(await world.reachedFrom(1n, ways, 0)).to.deep.equal([]);
        });
      });
    }
  }

  it("stand on ways that are open without the rules", async () => {
    const { apart } = await addressesOfProxy();
    const ways = [`${LAN} 80`, `${apart} 80`, `${NEAR[4]} 80`, `${await addressOf(2n)} 8080`];
    expect(await world.reachedFrom(1n, ways, 0)).to.deep.equal(ways);
  });

  async function startProxy(): Promise<void> {
    const { docker } = world.own.engine;
    await docker.createNetwork({ Name: compose.networks.default.name });
    const run = ["caddy", "run", "--config", CONFIG];
    const { Env = [], ...options } = asContainer(compose);
    const container = await docker.createContainer({
      ...options,
      ...{ Image: "berth/caddy:local", Cmd: run, Env: [...Env, "HOME=/tmp"] },
    });
    await configure(container, []);
    await container.start();
  }

  /** As the plugin does whenever a container with labels comes or goes. */
  async function reload(): Promise<void> {
    const { docker } = world.own.engine;
    await configure(docker.getContainer(proxy), await sitesOf(docker));
    const said = await world.own.runIn(proxy, "sh", "-c", `caddy reload --config ${CONFIG} && echo taken`);
    expect(said).to.contain("taken");
  }

  async function asked(pid: number, address: string, hostname: string): Promise<string> {
    for await (const line of world.program(pid, asking(address, 80, hostname))) return line;
    return "nothing";
  }

  /** The proxy's address in the first lease's network, and in its own. */
  async function addressesOfProxy(): Promise<{ readonly near: string; readonly apart: string }> {
    const { NetworkSettings } = await world.own.engine.docker.getContainer(proxy).inspect();
    const addressIn = (network: string) => NetworkSettings.Networks[network]?.IPAddress ?? "";
    return {
      near: addressIn(networkName(world.identity, 1n)),
      apart: addressIn(compose.networks.default.name),
    };
  }

  async function addressOf(leaseId: bigint): Promise<string> {
    const container = world.own.engine.docker.getContainer(containerName(world.identity, leaseId, "web"));
    return (
      (await container.inspect()).NetworkSettings.Networks[networkName(world.identity, leaseId)]?.IPAddress ??
      ""
    );
  }

  function guardOf(make: (shell: Shell) => Backend): EgressGuard {
    return new EgressGuard({
      choose: async () => make(world.shell),
      facts: (signal) => hostFacts(world.shell, signal),
      prove: (signal) => world.probe(signal),
      ...{
        allowed: [],
        mbit: 100,
        interval: 200,
        clock: systemClock,
        log: keepingLog(),
        applied: () => undefined,
      },
    });
  }

  async function clear(): Promise<void> {
    const mangle = (program: string) => `${program} -t mangle -F && ${program} -t mangle -X`;
    await world.must(
      `nft delete table inet berth 2>/dev/null || true; ${mangle("iptables")}; ${mangle("ip6tables")}`,
    );
  }
});
