// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import type { MarketIdentity } from "../../domain/identity.ts";
import { BRIDGE_PREFIX } from "../../domain/names.ts";
import { freeSubnets, type Subnet, type SubnetPool } from "../../domain/subnets.ts";
import type { ProbeNetwork, ProbeNetworks } from "../firewall/probe.ts";
import { isNetworkList } from "./answers.ts";
import { ask } from "./ask.ts";
import type { Engine } from "./client.ts";
import { refused } from "./errors.ts";
import { bridgeOptions } from "./networks.ts";
import { PROBE_LABEL } from "./probe/witness.ts";

const SUBNETS_TRIED = 16;
/** Two probes of one engine do not take each other's network. */
const BRIDGE_PLACES = 36 ** 5;

export interface ProbeNetworkOptions {
  readonly engine: Engine;
  readonly identity: MarketIdentity;
  readonly subnets: SubnetPool;
  readonly random: () => number;
}

/** Networks for a probe that the engine makes just as it makes a lease's. */
export function probeNetworks(options: ProbeNetworkOptions): ProbeNetworks {
  const { chainId, market } = options.identity;
  const name = `berth-${chainId}-${market.slice(2, 10).toLowerCase()}-probe`;
  return {
    async with(use, signal) {
      await remove(options.engine, name, signal);
      const network = await create(options, name, signal);
      try {
        return await use(network);
      } finally {
        await remove(options.engine, name, AbortSignal.timeout(options.engine.deadlines.change));
      }
    },
  };
}

async function create(
  options: ProbeNetworkOptions,
  name: string,
  signal: AbortSignal,
): Promise<ProbeNetwork> {
  const { engine, subnets, random } = options;
  const mark = Math.floor(random() * BRIDGE_PLACES).toString(36);
  const bridge = `${BRIDGE_PREFIX}probe${mark.padStart(5, "0")}`;
  const taken = (await list(engine, signal)).flatMap(({ IPAM }) =>
    (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
  );
  const start = BigInt(Math.floor(random() * subnets.size));
  for (const subnet of freeSubnets(subnets, start, taken, SUBNETS_TRIED)) {
    const isMade = await tryCreate(engine, { name, bridge, labels: { [PROBE_LABEL]: name } }, subnet, signal);
    if (isMade) return { bridge, gateway: subnet.gateway, address: subnet.last };
  }
  throw new RetryableError("E_SUBNETS_EXHAUSTED", `No free subnet for ${name}.`, {
    atRisk: "no lease that runs; no new one is begun until the firewall is proved",
    next: "Configure a larger subnet pool, or one that nothing else on this machine uses.",
  });
}

async function tryCreate(
  engine: Engine,
  network: Parameters<typeof bridgeOptions>[0],
  subnet: Subnet,
  signal: AbortSignal,
): Promise<boolean> {
  const what = `create network ${network.name} on ${subnet.cidr}`;
  return ask(engine, {
    what,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      await engine.docker.createNetwork({ ...bridgeOptions(network, subnet), abortSignal });
      return true;
    },
    otherwise: (refusal) => {
      if (/overlap/i.test(refusal.message)) return false;
      throw refused(what, refusal);
    },
  });
}

function list(engine: Engine, signal: AbortSignal) {
  return ask(engine, {
    what: "list networks",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.listNetworks({ abortSignal }),
    check: isNetworkList,
  });
}

/** What a daemon left behind that died while it probed goes too. */
async function remove(engine: Engine, name: string, signal: AbortSignal): Promise<void> {
  const own = (await list(engine, signal)).filter(({ Labels }) => Labels?.[PROBE_LABEL] === name);
  for (const { Id } of own) {
    await ask(engine, {
      what: `remove network ${name}`,
      limitMs: engine.deadlines.change,
      signal,
      run: (abortSignal) => engine.docker.getNetwork(Id).remove({ abortSignal }),
      outcomes: { 404: () => undefined },
    });
  }
}
