// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { cidrs } from "../../orchestrator/src/domain/cidr.ts";
import { networkName } from "../../orchestrator/src/domain/names.ts";
import { patient, sweep } from "../../orchestrator/src/runtime/contract-fixtures.ts";
import {
  chooseBackend,
  iptablesBackend,
  nftables,
  type Backend,
} from "../../orchestrator/src/runtime/firewall/backend.ts";
import { EgressGuard, type Application } from "../../orchestrator/src/runtime/firewall/guard.ts";
import { systemClock } from "../../orchestrator/src/config/system-clock.ts";
import { hostFacts } from "../../orchestrator/src/runtime/firewall/host-facts.ts";
import { Shell } from "../../orchestrator/src/runtime/firewall/shell.ts";
import { keepingLog } from "../../orchestrator/src/test/logs.ts";
import { DISTURBANCES, EAR, SCAN, speak, talker } from "../helpers/egress-programs.ts";
import { LeaseWorld, NEAR, PUBLIC } from "../helpers/lease-world.ts";
import { requireOwnEngine } from "../helpers/own-engine.ts";

const BACKENDS: readonly (readonly [string, (shell: Shell) => Backend])[] = [
  ["nftables", nftables],
  ["iptables", iptablesBackend],
];

/** One address at least of each range that must be closed, its ends where they are somebody's. Loopback never leaves the container. */
const CLOSED_4 = [
  ...["0.1.2.3", "10.0.0.1", "10.199.255.254", "10.255.255.254", "100.64.0.1", "100.100.100.200"],
  ...["100.127.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1"],
  ...["172.31.255.254", "192.0.0.1", "192.0.0.192", "192.88.99.1", "192.168.0.1", "192.168.255.254"],
  ...["198.18.0.1", "198.19.255.254", "198.51.100.1", "203.0.113.1", "240.0.0.1", "255.255.255.254"],
];
/** The nearest neighbours of the ranges, which are somebody's out there. */
const OPEN_4 = [
  ...[PUBLIC[4], "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.254"],
  ...["128.0.0.1", "169.253.255.255", "169.255.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255"],
  ...["192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.254"],
];
const CLOSED_6 = [
  ...["64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:a00:1::1", "3fff::1"],
  ...["4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1"],
];
const OPEN_6 = [PUBLIC[6], "2001:4860:4860::8888", "2a00:1450:4001::1", "2003::1"];

const GENEROUS = { pids: 200, memoryMiB: 128, cpuMillis: 1_000 };

describe("egress firewall", function () {
  this.timeout(180_000);
  let world: LeaseWorld;

  before(async function () {
    requireOwnEngine(this);
    world = await LeaseWorld.start();
    await world.lease(1n, GENEROUS);
    await world.lease(1n, { name: "db", ports: [], expose: [{ containerPort: 8080, protocol: "tcp" }] });
    await world.lease(2n, GENEROUS);
    await world.speakIpv6(1n);
    await world.speakIpv6(2n);
    // Docker's own walls between its networks: what keeps leases apart has to hold without them.
    await world.must("iptables -F DOCKER-ISOLATION-STAGE-1; ip6tables -P FORWARD ACCEPT");
  });

  after(async () => {
    if (world === undefined) return;
    await sweep(world.runtime);
    await world.takeDown();
  });

  async function guardOf(make: (shell: Shell) => Backend, ...allowed: readonly string[]) {
    const applied: Application[] = [];
    const log = keepingLog();
    const guard = new EgressGuard({
      choose: async () => make(world.shell),
      facts: (signal) => hostFacts(world.shell, signal),
      prove: (signal) => world.probe(signal),
      ...{ allowed: cidrs(...allowed), mbit: 100 },
      interval: 200,
      clock: systemClock,
      log,
      applied: (why) => applied.push(why),
    });
    return { guard, applied, log };
  }

  /** Where a lease finds this machine: its own gateway, another lease's, the engine's bridge, the address out in the world. */
  async function hostAddresses(): Promise<readonly string[]> {
    const gateways = await Promise.all(
      [1n, 2n].map(async (leaseId) => (await world.inspect(leaseId)).gateway),
    );
    return [...gateways, "172.17.0.1", NEAR[4]];
  }
  const other = async (): Promise<string> => `${(await world.inspect(2n)).address} 8080`;
  const hostPort = (): number => world.here.port;

  describe("that is not there", () => {
    it("lets a lease reach all of it: what is closed below is closed by the rules alone", async () => {
      expect(await world.reachedFrom(1n, CLOSED_4, 80)).to.deep.equal(CLOSED_4);
      expect(await world.reachedFrom(1n, OPEN_4, 80)).to.deep.equal(OPEN_4);
      expect(await world.reachedFrom(1n, [...CLOSED_6, ...OPEN_6], 80)).to.deep.equal([
        ...CLOSED_6,
        ...OPEN_6,
      ]);
      const mail = [25, 465, 587].map((port) => `${PUBLIC[4]} ${port}`);
      expect(await world.reachedFrom(1n, mail, 0)).to.deep.equal(mail);
      const hosts = await hostAddresses();
      expect(await world.reachedFrom(1n, hosts, hostPort())).to.deep.equal(hosts);
      expect(await world.reachedFrom(1n, [await other()], 0)).to.deep.equal([await other()]);
    });

    it("lets datagrams through as well", async () => {
      expect(await heardOutside([...CLOSED_4, PUBLIC[4]])).to.deep.equal([...CLOSED_4, PUBLIC[4]]);
      const hosts = [(await world.inspect(1n)).gateway, "224.0.0.251", "255.255.255.255"];
      expect(await heardHere(hosts)).to.deep.equal(hosts);
    });

    it("is found out by the probe", async () => {
      const { verdict, trials } = await world.probe(patient());
      expect(verdict).to.equal("leaking");
      expect(trials.map(({ found }) => found)).to.deep.equal(Array(8).fill("reached"));
    });
  });

  for (const [name, make] of BACKENDS) {
    describe(`by ${name}`, () => {
      before(async () => {
        const { guard } = await guardOf(make);
        await guard.look(patient());
        expect(guard.sight()).to.deep.equal({ state: "proved", backend: name });
      });
      after(() => clear());

      it("closes every private, local and reserved range, and none of their neighbours", async () => {
        expect(await world.reachedFrom(1n, CLOSED_4, 80)).to.deep.equal([]);
        expect(await world.reachedFrom(1n, OPEN_4, 80)).to.deep.equal(OPEN_4);
      });

      it("closes all of IPv6 but what is global, and none of that", async () => {
        expect(await world.reachedFrom(1n, CLOSED_6, 80)).to.deep.equal([]);
        expect(await world.reachedFrom(1n, OPEN_6, 80)).to.deep.equal(OPEN_6);
      });

      it("closes the ports of mail, in both families, and no other", async () => {
        const ports = [25, 465, 587].flatMap((port) => [`${PUBLIC[4]} ${port}`, `${PUBLIC[6]} ${port}`]);
        const web = [`${PUBLIC[4]} 80`, `${PUBLIC[6]} 80`];
        expect(await world.reachedFrom(1n, [...ports, ...web], 0)).to.deep.equal(web);
      });

      it("closes this machine, by whichever of its addresses", async () => {
        const hosts = [...(await hostAddresses()), NEAR[6], "2620:0:ccd::1:1", "2620:0:ccd::2:1"];
        expect(await world.reachedFrom(1n, hosts, hostPort())).to.deep.equal([]);
      });

      it("closes another lease, by its address and by its published port", async () => {
        const published = await publishedPort(2n);
        const ways = [await other(), `${NEAR[4]} ${published}`, "2620:0:ccd::2:2 8080"];
        expect(await world.reachedFrom(1n, ways, 0)).to.deep.equal([]);
      });

      it("closes all of that to datagrams too, also to those for everybody", async () => {
        const open = [PUBLIC[4], "1.1.1.1"];
        const everybody = ["224.0.0.251", "239.255.255.250", "255.255.255.255"];
        expect(await heardOutside([...CLOSED_4, ...everybody, ...open])).to.deep.equal(open);
        const { gateway } = await world.inspect(1n);
        expect(await heardHere([gateway, "172.17.0.1", NEAR[4], ...everybody])).to.deep.equal([]);
      });

      it("leaves the services of a lease to each other, whether or not frames within a bridge pass the rules", async () => {
        for (const filtered of [1, 0, 1]) {
          await world.must(`sysctl -qw net.bridge.bridge-nf-call-iptables=${filtered}`);
          await (await guardOf(make)).guard.apply(patient());
          expect(await world.reachedFrom(1n, ["db"], 8080), `filtered: ${filtered}`).to.deep.equal(["db"]);
        }
      });

      it("leaves names: those of the lease, and by the machine's resolver those of the world, and nothing else of the resolver", async () => {
        const resolver = world.resolvers[0] ?? "";
        const found = await world.reachedFrom(1n, ["db 8080", "anything.example 80", `${resolver} 80`], 0);
        expect(found).to.deep.equal(["db 8080", "anything.example 80"]);
      });

      it("leaves published ports to the world, to the provider's own network, and to this machine", async () => {
        const port = await publishedPort(1n);
        expect(await world.outside.tries(NEAR[4], port, 5_000)).to.equal("reached");
        expect(await world.here.tries("127.0.0.1", port, 5_000)).to.equal("reached");
        await world.must(`ip route replace ${NEAR[4]}/32 dev eth0 src 192.168.77.5`, world.outside.pid);
        try {
          expect(await world.outside.tries(NEAR[4], port, 5_000)).to.equal("reached");
        } finally {
          await world.must(`ip route del ${NEAR[4]}/32 dev eth0`, world.outside.pid);
        }
      });

      it("opens what the provider lists, but no secrets and no mail of it, and this machine only by name", async () => {
        const { guard } = await guardOf(make, "10.9.8.0/24", "100.64.0.0/10", "172.16.0.0/12", "fd00:9::/64");
        await guard.look(patient());
        expect(guard.sight().state).to.equal("proved");
        const tried = ["10.9.8.7", "10.9.9.7", "100.64.0.1", "100.100.100.200", "fd00:9::1", "fd00:a::1"];
        const found = await world.reachedFrom(1n, [...tried, "10.9.8.7 25"], 80);
        expect(found).to.deep.equal(["10.9.8.7", "100.64.0.1", "fd00:9::1"]);
        expect(await world.reachedFrom(1n, ["172.17.0.1"], hostPort())).to.deep.equal([]);
        await (await guardOf(make, "172.17.0.1/32")).guard.apply(patient());
        expect(await world.reachedFrom(1n, ["172.17.0.1"], hostPort())).to.deep.equal(["172.17.0.1"]);
        await (await guardOf(make)).guard.apply(patient());
        expect(await world.reachedFrom(1n, ["172.17.0.1"], hostPort())).to.deep.equal([]);
      });

      it("stands again after somebody flushed it, took it away, or put a hole into it, and says so", async () => {
        const { guard, applied, log } = await guardOf(make);
        await guard.look(patient());
        for (const disturb of DISTURBANCES[name] ?? []) {
          await world.must(disturb);
          expect(await world.reachedFrom(1n, ["10.0.0.1"], 80), disturb).to.deep.equal(["10.0.0.1"]);
          await guard.look(patient());
          expect(await world.reachedFrom(1n, ["10.0.0.1"], 80), disturb).to.deep.equal([]);
          expect(guard.sight().state).to.equal("proved");
        }
        await guard.look(patient());
        const count = DISTURBANCES[name]?.length ?? 0;
        expect(applied).to.deep.equal(["started", ...Array<string>(count).fill("disturbed")]);
        const told = log.said.filter(
          ({ level, fields }) => level === "warn" && fields["egress"] === "disturbed",
        );
        expect(told).to.have.length(count);
      });

      it("closes again what was opened while it was away", async () => {
        await clear();
        const { pid } = await world.inspect(1n);
        const said: string[] = [];
        for await (const word of world.program(pid, talker("10.0.0.1"))) {
          said.push(word);
          if (word === "silent") break;
          await (await guardOf(make)).guard.apply(patient());
        }
        expect(said).to.deep.equal(["answered", "silent"]);
      });

      it("lets a lease open 50 connections a second and hold 2,000, whatever another one does", async function () {
        this.timeout(120_000);
        const seen: { at: number; open: number }[] = [];
        for await (const line of world.program((await world.inspect(1n)).pid, SCAN)) {
          seen.push(JSON.parse(line) as { at: number; open: number });
          if ((seen.at(-1)?.at ?? 0) < 50) continue;
          expect(await world.reachedFrom(1n, [PUBLIC[4]], 80)).to.deep.equal([]);
          expect(await world.reachedFrom(2n, [PUBLIC[4]], 80)).to.deep.equal([PUBLIC[4]]);
          expect(await world.outside.tries(NEAR[4], await publishedPort(1n), 5_000)).to.equal("reached");
          break;
        }
        const [first, last] = [seen.find(({ at }) => at >= 5), seen.find(({ at }) => at >= 25)];
        if (first === undefined || last === undefined) throw new Error("the scan did not go on");
        expect((last.open - first.open) / (last.at - first.at)).to.be.within(47.5, 52.5);
        expect(seen.at(-1)?.open).to.be.within(1_900, 2_100);
      });
    });
  }

  describe("on machines of other kinds", () => {
    const choosing = async (...words: readonly string[]): Promise<unknown> =>
      chooseBackend(new Shell([...world.within, ...words]), patient()).then(
        ({ name }) => name,
        (error: unknown) => (error instanceof BerthError ? error.code : error),
      );

    it("is by nftables where there is one, else by iptables, else not at all, and says so", async () => {
      const folder = mkdtempSync(join(tmpdir(), "berth-programs-"));
      const path = ["env", `PATH=${folder}`];
      try {
        expect(await choosing()).to.equal("nftables");
        expect(await choosing(...path)).to.equal("E_FIREWALL_MISSING");
        const { stdout } = await world.must("command -v iptables");
        symlinkSync(stdout.trim(), join(folder, "iptables"));
        expect(await choosing(...path)).to.equal("iptables");
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it("is not by a daemon that may not: it says that it wants root", async () => {
      const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
      expect(await choosing(...nobody)).to.equal("E_FIREWALL_DENIED");
    });

    it("is not proved where the engine's networks are not on the daemon's machine", async () => {
      const elsewhere = new Shell(["nsenter", "-t", String(world.outside.pid), "-n"]);
      const found = await world.probe(patient(), elsewhere).catch((error: unknown) => error);
      expect(found).to.include({ code: "E_ENGINE_ELSEWHERE" });
    });
  });

  describe("whose rules are not all there", () => {
    afterEach(() => clear());

    it("is found out by the probe, whichever part is missing", async () => {
      const { guard } = await guardOf(nftables);
      for (const missing of ["outwards", "inwards"]) {
        await guard.apply(patient());
        await world.must(`nft flush chain inet berth ${missing}`);
        expect((await world.probe(patient())).verdict, missing).to.equal("leaking");
      }
    });

    it("is not proved by silence: where nothing gets through at all, the probe says so", async () => {
      await (await guardOf(nftables)).guard.apply(patient());
      await world.must("nft insert rule inet berth forward drop");
      expect((await world.probe(patient())).verdict).to.equal("blocking");
    });

    it("is not proved by a way that was cut while the probe was made", async () => {
      const cut = "iifname berthprobe* ct state new limit rate over 1/hour burst 1 packets drop";
      await world.must(`nft add table inet cut
        nft 'add chain inet cut forward { type filter hook forward priority -50; }'
        nft 'add chain inet cut input { type filter hook input priority -50; }'
        nft add rule inet cut forward '${cut}'
        nft add rule inet cut input 'iifname berthprobe* ct state new meta l4proto tcp drop'`);
      try {
        expect((await world.probe(patient())).verdict).to.equal("blocking");
      } finally {
        await world.must("nft delete table inet cut");
      }
    });

    it("leaves no network, interface or route of a probe", async () => {
      const before = await traces();
      await world.probe(patient());
      expect(await traces()).to.deep.equal(before);
    });
  });

  /** Which of the addresses a datagram of the lease arrives at, out there or on this machine. */
  const heardOutside = (addresses: readonly string[]) => heard(world.outside.pid, addresses, PUBLIC[4]);
  const heardHere = (addresses: readonly string[]) => heard(world.here.pid, addresses, null);

  async function heard(
    pid: number,
    addresses: readonly string[],
    lastWay: string | null,
  ): Promise<readonly string[]> {
    const lease = (await world.inspect(1n)).pid;
    const words: string[] = [];
    const ear = world.program(pid, EAR);
    if ((await ear.next()).value !== "ready") throw new Error("nobody listens");
    await world.must(speak(addresses), lease);
    // What was sent first arrives first: a last word, by a way that is open, ends the waiting.
    await world.must(speak([lastWay ?? "127.0.0.1"], "end"), lastWay === null ? pid : lease);
    for await (const word of ear) {
      if (word === "end") break;
      words.push(word);
    }
    return addresses.filter((address) => words.includes(address));
  }

  async function clear(): Promise<void> {
    const mangle = (program: string) => `${program} -t mangle -F && ${program} -t mangle -X`;
    await world.must(
      `nft delete table inet berth 2>/dev/null || true; ${mangle("iptables")}; ${mangle("ip6tables")}`,
    );
  }

  async function traces(): Promise<readonly string[]> {
    const links = await world.must("ip -o link | sed 's/^[0-9]*: //; s/[:@].*//' | sort; ip route");
    const networks = await world.own.engine.docker.listNetworks();
    return [links.stdout, ...networks.map(({ Name }) => Name).sort()];
  }

  async function publishedPort(leaseId: bigint): Promise<number> {
    const workload = (await world.runtime.observe(patient())).find((each) => each.leaseId === leaseId);
    const web = workload?.containers.find(({ service }) => service === "web");
    const port = web?.endpoints[0]?.port;
    if (port === undefined)
      throw new Error(`nothing of ${networkName(world.identity, leaseId)} is published`);
    return port;
  }
});
