// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { elsewhere, failed } from "./errors.ts";
import { hostFile } from "./host-file.ts";
import { Peer, type Outcome } from "./peer.ts";
import type { Shell } from "./shell.ts";

/** A lease-like network of the engine's that holds nothing. */
export interface ProbeNetwork {
  /** Its interface, with a lease's prefix. */
  readonly bridge: string;
  readonly gateway: string;
  /** An address of it that the engine gives to nobody, with its prefix: `10.200.0.30/27`. */
  readonly address: string;
}

export interface ProbeNetworks {
  /** Makes one in the place of any that was left behind; removes it when `use` has ended. */
  with<Answer>(use: (network: ProbeNetwork) => Promise<Answer>, signal: AbortSignal): Promise<Answer>;
}

/** `leaking`: something closed was reached. `blocking`: something open was not, so that a silence proves nothing. */
export type Verdict = "proved" | "leaking" | "blocking";

/** What was tried, from where to where, and what came of it. */
export interface Trial {
  readonly what: string;
  readonly wanted: Outcome;
  readonly found: Outcome;
}

export interface ProbeReport {
  readonly verdict: Verdict;
  readonly trials: readonly Trial[];
}

/** Milliseconds for what must answer, also on a machine with much to do; and for what must not, twice as long as a first try takes. */
const PATIENCE = { reached: 8_000, closed: 2_000 } as const;
const SIXES = { here: "fd00:be27::1", tenant: "fd00:be27::2" } as const;
const PLACES = 64;

/**
 * Whether a deny rule bites: sends real packets from a network of its own, on a bridge that the engine made as it makes a lease's, to a
 * listener at an open address, to the same listener at a closed one, and to this machine; then to the open one once more, since a way
 * that was cut in between keeps silence too. `place`: 0 up to 1, tells probes apart that are made at the same time. Leaves nothing.
 */
export async function probe(
  shell: Shell,
  networks: ProbeNetworks,
  place: number,
  signal: AbortSignal,
): Promise<ProbeReport> {
  return networks.with(async (network) => {
    const peers: Peer[] = [];
    const start = async (where: "here" | "apart"): Promise<Peer> => {
      const peer = await Peer.start(shell, where, signal);
      peers.push(peer);
      return peer;
    };
    try {
      const scene = {
        shell,
        network,
        signal,
        ...outsideAt(place),
        here: await start("here"),
        outside: await start("apart"),
        tenant: await start("apart"),
      };
      await connect(scene);
      return await judge(scene);
    } finally {
      for (const peer of peers) peer.end();
    }
  }, signal);
}

interface Scene extends Outside {
  readonly shell: Shell;
  readonly network: ProbeNetwork;
  readonly signal: AbortSignal;
  /** On this machine, out in the world, and where a tenant's service would be. */
  readonly here: Peer;
  readonly outside: Peer;
  readonly tenant: Peer;
}

interface Outside {
  /** Tells the interfaces of this probe from another's. */
  readonly mark: string;
  /** This machine's end of the way out. */
  readonly near: string;
  /** One listener under two addresses, which nothing but the rules tells apart. */
  readonly open: string;
  readonly closed: string;
}

function outsideAt(place: number): Outside {
  const index = Math.floor(place * PLACES);
  const at = (net: string, host: number): string => `${net}.${index * 4 + host}`;
  return {
    mark: `bp${index}`,
    near: at("192.0.2", 1),
    open: at("192.0.2", 2),
    closed: at("198.18.255", 2),
  };
}

async function connect(scene: Scene): Promise<void> {
  const { shell, network, signal, mark, near, open, closed, outside, tenant } = scene;
  const there = await shell.run(["ip", "link", "show", "dev", network.bridge], signal);
  if (there.code !== 0)
    throw /does not exist/.test(there.stderr)
      ? elsewhere(network.bridge)
      : failed("look at interfaces", there);
  await ip(scene, null, [
    `link add ${mark}o type veth peer name eth0 netns ${outside.pid}`,
    `addr add ${near}/30 dev ${mark}o`,
    `link set ${mark}o up`,
    `link add ${mark}t type veth peer name eth0 netns ${tenant.pid}`,
    `link set ${mark}t master ${network.bridge}`,
    `link set ${mark}t up`,
  ]);
  await ip(scene, outside, [
    "link set lo up",
    `addr add ${open}/30 dev eth0`,
    "link set eth0 up",
    `addr add ${closed}/32 dev lo`,
    `route add default via ${near}`,
  ]);
  await ip(scene, null, [`route add ${closed}/32 via ${open}`]);
  await ip(scene, tenant, [
    "link set lo up",
    `addr add ${network.address} dev eth0`,
    "link set eth0 up",
    `route add default via ${network.gateway}`,
  ]);
}

async function judge(scene: Scene): Promise<ProbeReport> {
  const { network, open, closed, here, outside, tenant } = scene;
  const own = network.address.split("/")[0] ?? "";
  const six = await connectIpv6(scene);
  const open6 = trial("this machine -> a lease, IPv6", here, SIXES.tenant, tenant.port, "reached");
  const closed6 = trial("a lease -> this machine, IPv6", tenant, SIXES.here, here.port, "closed");
  const abroad = trial("a lease -> the world", tenant, open, outside.port, "reached");
  const first = [
    abroad,
    trial("this machine -> a lease", here, own, tenant.port, "reached"),
    ...(six ? [open6] : []),
  ];
  const second = [
    trial("a lease -> a closed address", tenant, closed, outside.port, "closed"),
    trial("a lease -> this machine by its gateway", tenant, network.gateway, here.port, "closed"),
    trial("a lease -> this machine by another address", tenant, scene.near, here.port, "closed"),
    ...(six ? [closed6] : []),
  ];
  const trials = [
    ...(await Promise.all(first.map((each) => each()))),
    ...(await Promise.all(second.map((each) => each()))),
    await abroad(),
  ];
  const amiss = (wanted: Outcome): boolean =>
    trials.some((each) => each.wanted === wanted && each.found !== wanted);
  const verdict = amiss("closed") ? "leaking" : amiss("reached") ? "blocking" : "proved";
  return { verdict, trials };
}

function trial(
  what: string,
  from: Peer,
  address: string,
  port: number,
  wanted: Outcome,
): () => Promise<Trial> {
  return async () => {
    const found = await from.tries(address, port, PATIENCE[wanted]);
    if (found !== null) return { what, wanted, found };
    throw new RetryableError("E_PROBE_ENDED", "The probe of the firewall ended before it was over.", {
      atRisk: "no lease that runs; no new one is begun until the firewall is proved",
      next: "It is made again by itself.",
    });
  };
}

/** False where the engine's bridges do not speak IPv6, so that there is no way out by it. */
async function connectIpv6(scene: Scene): Promise<boolean> {
  const { shell, network, signal, tenant } = scene;
  const off = await hostFile(shell, `/proc/sys/net/ipv6/conf/${network.bridge}/disable_ipv6`, signal);
  if (off?.trim() !== "0") return false;
  await ip(scene, null, [`addr add ${SIXES.here}/64 dev ${network.bridge} nodad`]);
  await ip(scene, tenant, [`addr add ${SIXES.tenant}/64 dev eth0 nodad`]);
  return true;
}

/** Commands of `ip`, in this machine's network or in a peer's. */
async function ip({ shell, signal }: Scene, within: Peer | null, commands: readonly string[]): Promise<void> {
  const prefix = within === null ? [] : ["nsenter", "-t", String(within.pid), "-n"];
  const ran = await shell.run([...prefix, "ip", "-batch", "-"], signal, `${commands.join("\n")}\n`);
  if (ran.code !== 0) throw failed("build the networks of the probe", ran);
}
