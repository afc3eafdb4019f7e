// SPDX-License-Identifier: Apache-2.0
import type { FakeContainer, FakeNetwork, Labels, Pool, Range } from "./objects.ts";
import { DONE, EngineRefusal, notServed, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";
import { objectTime } from "./times.ts";

export interface NetworkConfig {
  readonly Name: string;
  readonly CheckDuplicate?: boolean;
  readonly Driver?: string;
  readonly IPAM?: { readonly Config?: readonly Pool[] };
  readonly Options?: Labels;
  readonly Labels?: Labels;
}

const BRIDGE_NAME = "com.docker.network.bridge.name";
/** What every engine has. */
const PREDEFINED = [
  { Name: "bridge", Driver: "bridge", IPAM: { Config: [{ Subnet: "172.17.0.0/16" }] } },
  { Name: "host", Driver: "host" },
  { Name: "none", Driver: "null" },
];

export function addPredefinedNetworks(state: EngineState): void {
  for (const config of PREDEFINED) add(state, state.names.id(), config);
}

/** As an engine does at its start where nothing of its own ran on: its bridge is as old as itself. */
export function renewBridge(state: EngineState): void {
  const [old] = [...state.networks.values()].filter(({ name }) => name === "bridge");
  const config = PREDEFINED.find(({ Name }) => Name === "bridge");
  if (old !== undefined && config !== undefined) add(state, old.id, config);
}

export function isPredefined({ name }: FakeNetwork): boolean {
  return PREDEFINED.some(({ Name }) => Name === name);
}

export function createNetwork(state: EngineState, config: NetworkConfig): Reply {
  const { Name: name, CheckDuplicate, IPAM, Options } = config;
  const networks = [...state.networks.values()];
  if (CheckDuplicate === true && networks.some((network) => network.name === name))
    throw new EngineRefusal(409, `network with name ${name} already exists`);
  const ranges = (IPAM?.Config ?? []).map(rangeOf);
  if (ranges.length === 0) throw notServed("a network without a subnet");
  const taken = networks.flatMap((network) => network.ranges);
  if (taken.some((other) => ranges.some(({ first, end }) => first < other.end && other.first < end)))
    throw new EngineRefusal(403, "Pool overlaps with other one on this address space");
  const id = state.names.id();
  refuseSharedBridge(id, Options ?? {}, networks);
  add(state, id, config);
  return { status: 201, json: { Id: id, Warning: "" } };
}

export function listNetworks(state: EngineState): Reply {
  return { status: 200, json: [...state.networks.values()].map(({ listed }) => listed) };
}

export function inspectNetwork(state: EngineState, nameOrId: string): Reply {
  return { status: 200, json: needNetwork(state, nameOrId).listed };
}

export function removeNetwork(state: EngineState, nameOrId: string): Reply {
  const network = needNetwork(state, nameOrId);
  const { id, name } = network;
  if (isPredefined(network))
    throw new EngineRefusal(403, `${name} is a pre-defined network and cannot be removed`);
  const isIn = ({ networkId, others }: FakeContainer): boolean =>
    networkId === id || [...others.values()].includes(id);
  if (state.alive().some(isIn)) {
    const message = `error while removing network: network ${name} id ${id} has active endpoints`;
    throw new EngineRefusal(403, message);
  }
  state.networks.delete(id);
  return DONE;
}

/**
 * Lets a container that does not run join the network of this name at its next start, whether there is one now or not; puts one into
 * another network than its first at once.
 */
export function connect(state: EngineState, name: string, container: FakeContainer): Reply {
  if (container.networkName !== name) return connectOther(state, name, container);
  if (container.pid !== null) {
    const message = `endpoint with name ${container.name} already exists in network ${name}`;
    throw new EngineRefusal(403, message);
  }
  container.networkId = null;
  return { status: 200 };
}

/** Takes a container out of a network that it was connected to. */
export function disconnect(state: EngineState, nameOrId: string, container: FakeContainer): Reply {
  const { name } = needNetwork(state, nameOrId);
  if (container.others.delete(name)) return { status: 200 };
  const where = container.networkName === name ? "its first network" : null;
  if (where !== null) throw notServed(`leaving ${where}`);
  throw new EngineRefusal(500, `container ${container.id} is not connected to network ${name}`);
}

function connectOther(state: EngineState, nameOrId: string, container: FakeContainer): Reply {
  const { id, name } = needNetwork(state, nameOrId);
  if (container.others.has(name)) {
    const message = `endpoint with name ${container.name} already exists in network ${name}`;
    throw new EngineRefusal(403, message);
  }
  container.others.set(name, id);
  return { status: 200 };
}

function needNetwork(state: EngineState, nameOrId: string): FakeNetwork {
  const network = state.findNetwork(nameOrId);
  if (network === undefined) throw new EngineRefusal(404, `network ${nameOrId} not found`);
  return network;
}

function add(state: EngineState, id: string, config: NetworkConfig): void {
  const { Name: name, Options: options = {}, IPAM } = config;
  const ranges = (IPAM?.Config ?? []).map(rangeOf);
  state.networks.set(id, { id, name, options, ranges, listed: view(id, state.now(), config) });
}

function refuseSharedBridge(id: string, options: Labels, networks: readonly FakeNetwork[]): void {
  const bridge = options[BRIDGE_NAME];
  const other = networks.find((network) => bridge !== undefined && network.options[BRIDGE_NAME] === bridge);
  if (other === undefined) return;
  const message = `cannot create network ${id} (${bridge}): conflicts with network ${other.id} (${bridge}): networks have same bridge name`;
  throw new EngineRefusal(403, message);
}

function view(id: string, createdAt: number, config: NetworkConfig): object {
  const { Name, Driver = "bridge", IPAM, Options = {}, Labels = {} } = config;
  const pools = IPAM?.Config ?? [];
  return {
    ...{ Name, Id: id, Created: objectTime(createdAt), Scope: "local", Driver, EnableIPv6: false },
    ...{ IPAM: { Driver: "default", Options: null, Config: pools }, Internal: false, Attachable: false },
    ...{ Ingress: false, ConfigFrom: { Network: "" }, ConfigOnly: false, Containers: {}, Options, Labels },
  };
}

function rangeOf({ Subnet = "" }: Pool): Range {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(Subnet);
  if (match === null) throw new EngineRefusal(400, `invalid subnet ${Subnet}`);
  const address = match.slice(1, 5).reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(match[5]));
  return { first: address, end: address + size };
}
