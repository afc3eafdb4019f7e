// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { containerName, networkName } from "../../orchestrator/src/domain/names.ts";
import { parseSubnetPool } from "../../orchestrator/src/domain/subnets.ts";
import type { ServiceSpec } from "../../orchestrator/src/domain/workload.ts";
import { patient, run, service } from "../../orchestrator/src/runtime/contract-fixtures.ts";
import {
  createDockerRuntime,
  type DockerRuntime,
} from "../../orchestrator/src/runtime/docker/docker-runtime.ts";
import { probeNetworks } from "../../orchestrator/src/runtime/docker/probe-networks.ts";
import { nameServersOf } from "../../orchestrator/src/runtime/firewall/host-facts.ts";
import { Peer } from "../../orchestrator/src/runtime/firewall/peer.ts";
import { probe, type ProbeReport } from "../../orchestrator/src/runtime/firewall/probe.ts";
import { Shell, type Ran } from "../../orchestrator/src/runtime/firewall/shell.ts";
import { ensureHelloImage, HELLO_IMAGE } from "../../scripts/images/build-hello.ts";
import { OwnEngine } from "./own-engine.ts";

const POOL = "10.200.0.0/14";
/** This machine's address out in the world, and the world's end of that link. */
export const NEAR = { 4: "198.41.0.1", 6: "2620:0:ccc::1" } as const;
const FAR = { 4: "198.41.0.2", 6: "2620:0:ccc::2" } as const;
/** An address that belongs to somebody out there. */
export const PUBLIC = { 4: "93.184.216.34", 6: "2606:2800:220:1::1" } as const;
/** Ports on which everybody out there answers. */
const PORTS = "25,80,465,587";

/** A DNS server that knows one answer. */
const resolverAt = (name: string): string => `
const server = require("node:dgram").createSocket("udp4");
server.on("message", (query, { port, address }) => {
  const end = query.indexOf(0, 12) + 5;
  const head = Buffer.from(query.subarray(0, end));
  const isA = query.readUInt16BE(end - 4) === 1;
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(isA ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ${PUBLIC[4].split(".").join(", ")}]);
  server.send(isA ? Buffer.concat([head, record]) : head, port, address);
}).bind(53, "${name}", () => console.log("ready"));
`;
const ECHO_PORT = 7;
/** Answers whatever is said, and hangs up on nobody. */
const ECHO = `
const server = require("node:net").createServer((socket) => socket.on("error", () => undefined).pipe(socket));
server.listen(${ECHO_PORT}, () => console.log("ready"));
`;

/**
 * A machine of a test's own, with an engine and a world outside of it in which every address there is answers: so that what a lease
 * does not reach is not for want of a route or of somebody at home.
 */
export class LeaseWorld {
  readonly own: OwnEngine;
  readonly shell: Shell;
  /** Words that take a program into this machine's network. */
  readonly within: readonly string[];
  readonly identity = { chainId: 31337, market: `0x${randomBytes(20).toString("hex")}` } as const;
  readonly runtime: DockerRuntime;
  /** The name servers of this machine, which the engine asks for those who run in a lease; they stand out in the world. */
  readonly resolvers: readonly string[];
  readonly here: Peer;
  readonly outside: Peer;
  readonly #ended: () => void;
  readonly #programs: ChildProcess[] = [];

  private constructor(
    own: OwnEngine,
    within: readonly string[],
    shell: Shell,
    here: Peer,
    outside: Peer,
    ended: () => void,
  ) {
    this.own = own;
    this.shell = shell;
    this.within = within;
    this.here = here;
    this.outside = outside;
    this.#ended = ended;
    this.resolvers = nameServersOf(readFileSync("/etc/resolv.conf", "utf8")).map(
      ({ text }) => text.split("/")[0] ?? "",
    );
    this.runtime = createDockerRuntime({
      identity: this.identity,
      publishAddress: "0.0.0.0",
      subnetPool: POOL,
      socketPath: own.socketPath,
      monotonic: () => performance.now(),
    });
  }

  static async start(): Promise<LeaseWorld> {
    const own = await OwnEngine.start(false);
    const ending = new AbortController();
    try {
      const pid = readFileSync(join(dirname(own.socketPath), "pid"), "utf8").trim();
      const within = ["nsenter", "-t", pid, "-n"];
      const shell = new Shell(within);
      const here = await Peer.start(shell, "here", ending.signal);
      const outside = await Peer.start(shell, "apart", ending.signal);
      const world = new LeaseWorld(own, within, shell, here, outside, () => ending.abort());
      await ensureHelloImage(patient(), own.engine);
      await world.#connect();
      return world;
    } catch (error) {
      ending.abort();
      await own.takeDown();
      throw error;
    }
  }

  async takeDown(): Promise<void> {
    for (const program of this.#programs) program.kill("SIGKILL");
    this.#ended();
    await this.own.takeDown();
  }

  /** A probe as the daemon makes it. */
  probe(signal: AbortSignal, shell = this.shell): Promise<ProbeReport> {
    const { identity, own } = this;
    const subnets = parseSubnetPool(POOL);
    const networks = probeNetworks({ engine: own.engine, identity, subnets, random: Math.random });
    return probe(shell, networks, Math.random(), signal);
  }

  /** Starts a service of a lease, as the daemon does. */
  async lease(leaseId: bigint, changes: Partial<ServiceSpec> = {}): Promise<void> {
    await run(this.runtime, leaseId, service(HELLO_IMAGE, changes));
  }

  async inspect(
    leaseId: bigint,
    name = "web",
  ): Promise<{ readonly pid: number; readonly address: string; readonly gateway: string }> {
    const found = await this.own.engine.docker
      .getContainer(containerName(this.identity, leaseId, name))
      .inspect();
    const network = found.NetworkSettings.Networks[networkName(this.identity, leaseId)];
    return { pid: found.State.Pid, address: network?.IPAddress ?? "", gateway: network?.Gateway ?? "" };
  }

  /** Which of the addresses the lease's service connects to, all tried at once. `port` may stand at an address as `1.2.3.4 25`. */
  async reachedFrom(leaseId: bigint, addresses: readonly string[], port: number): Promise<readonly string[]> {
    const tries = addresses.map((address) => {
      const [host = "", own = String(port)] = address.split(" ");
      return `(nc -w 2 ${host} ${own} -e true 2>/dev/null && echo "${address}") &`;
    });
    const name = containerName(this.identity, leaseId, "web");
    const said = await this.own.runIn(name, "sh", "-c", `${tries.join(" ")} wait`);
    const reached = said.split("\n").filter(Boolean);
    return addresses.filter((address) => reached.includes(address));
  }

  /** The lines of a program of Node's in the network of a lease's service; it ends with whoever reads them. */
  async *program(pid: number, code: string): AsyncGenerator<string, void> {
    const child = this.#start(pid, code);
    try {
      for await (const line of createInterface({ input: child.stdout })) yield line;
    } finally {
      child.kill("SIGKILL");
    }
  }

  #start(pid: number, code: string): ChildProcessByStdio<null, Readable, null> {
    const child = spawn("nsenter", ["-t", String(pid), "-n", process.execPath, "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#programs.push(child);
    return child;
  }

  /** Runs a command on this machine, or in the network of a process; throws with its words where it fails. */
  async must(words: string, pid?: number): Promise<Ran> {
    const within = pid === undefined ? [] : ["nsenter", "-t", String(pid), "-n"];
    const ran = await this.shell.run([...within, "sh", "-euc", words], patient());
    if (ran.code !== 0) throw new Error(`${words}: ${ran.stderr}`);
    return ran;
  }

  /** Gives the lease's network and its service global and local addresses of IPv6, as an engine with IPv6 would. */
  async speakIpv6(leaseId: bigint): Promise<void> {
    const { pid } = await this.inspect(leaseId);
    const { stdout } = await this.must("ip -o addr show", pid);
    const mine = `2620:0:ccd::${leaseId}`;
    const bridge = await this.#bridgeOf(leaseId);
    if (stdout.includes(mine)) return;
    await this.must(
      `sysctl -qw net.ipv6.conf.${bridge}.disable_ipv6=0 && ip addr add ${mine}:1/112 dev ${bridge} nodad`,
    );
    const off = "sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.eth0.disable_ipv6=0";
    await this.must(
      `${off} && ip addr add ${mine}:2/112 dev eth0 nodad && ip route add default via ${mine}:1`,
      pid,
    );
  }

  async #bridgeOf(leaseId: bigint): Promise<string> {
    const network = await this.own.engine.docker.getNetwork(networkName(this.identity, leaseId)).inspect();
    return (network as { Options: Record<string, string> }).Options["com.docker.network.bridge.name"] ?? "";
  }

  async #connect(): Promise<void> {
    const { pid } = this.outside;
    await this.must(`
      sysctl -qw net.ipv6.conf.all.forwarding=1
      ip link add wide0 type veth peer name eth0 netns ${pid}
      ip addr add ${NEAR[4]}/30 dev wide0
      ip addr add ${NEAR[6]}/64 dev wide0 nodad
      ip link set wide0 up`);
    await this.must(
      `
      ip link set lo up
      ip addr add ${FAR[4]}/30 dev eth0
      ip addr add ${FAR[6]}/64 dev eth0 nodad
      ip link set eth0 up
      ip route add 10.200.0.0/14 via ${NEAR[4]}
      ip route add 2620:0:ccd::/48 via ${NEAR[6]}
      ip route add local default dev lo table main
      ip -6 route add local default dev lo table main
      for each in iptables ip6tables; do
        $each -t nat -A PREROUTING -i eth0 -p tcp -m multiport --dports ${PORTS} -j REDIRECT --to-ports ${ECHO_PORT}
      done`,
      pid,
    );
    await this.must(`ip route add default via ${FAR[4]} && ip -6 route add default via ${FAR[6]}`);
    for (const code of [...this.resolvers.map(resolverAt), ECHO])
      await once(this.#start(pid, code).stdout, "data");
  }
}
