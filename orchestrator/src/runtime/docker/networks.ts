// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { bridgeName, leaseLabels, networkName } from "../../domain/names.ts";
import { freeSubnets, type Subnet } from "../../domain/subnets.ts";
import type { Creation } from "../../ports/container-runtime.ts";
import { busy, foreign, gone } from "../runtime-errors.ts";
import { isBridge, isNetworkList } from "./answers.ts";
import { ask } from "./ask.ts";
import { carries, type DockerContext } from "./context.ts";
import { refused } from "./errors.ts";
import { get } from "./get.ts";
import { leaveNetwork } from "./ingress-leave.ts";

/** How many subnets one call offers the engine, should others take them at the same time. */
const SUBNETS_TRIED = 16;
const ALL: Readonly<Record<string, string>> = {};

/**
 * Creates the lease's bridge with a /27 that no other network of the engine overlaps, or adopts the one that has its name and labels.
 * Errors: PermanentError E_FOREIGN_OBJECT; RetryableError E_SUBNETS_EXHAUSTED.
 */
export async function createNetwork(
  context: DockerContext,
  leaseId: LeaseId,
  signal: AbortSignal,
): Promise<Creation> {
  const name = networkName(context.identity, leaseId);
  const networks = await listNetworks(context, ALL, signal);
  if (ownNetworks(context, leaseId, networks).length > 0) return "exists";
  const taken = networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []));
  for (const subnet of freeSubnets(context.subnets, leaseId, taken, SUBNETS_TRIED)) {
    const answer = await tryCreate(context, leaseId, subnet, signal);
    if (answer === "created") return answer;
    if (answer === "exists") return adopt(context, leaseId, signal);
  }
  throw new RetryableError("E_SUBNETS_EXHAUSTED", `No free subnet for ${name}.`, {
    atRisk: "the lease has no network and does not run",
    next: "Configure a larger subnet pool, or one that nothing else on this machine uses.",
    facts: { lease: String(leaseId) },
  });
}

/** Removes every network of the lease, once the provider's proxy has left it. RetryableError E_NETWORK_BUSY while a container runs in it. */
export async function removeNetwork(
  context: DockerContext,
  leaseId: LeaseId,
  signal: AbortSignal,
): Promise<void> {
  const { engine, identity } = context;
  const name = networkName(identity, leaseId);
  const networks = await listNetworks(context, ALL, signal);
  for (const { Id } of ownNetworks(context, leaseId, networks)) {
    await leaveNetwork(context, Id, signal);
    await ask(engine, {
      what: `remove network ${name}`,
      limitMs: engine.deadlines.change,
      signal,
      run: (abortSignal) => engine.docker.getNetwork(Id).remove({ abortSignal }),
      outcomes: {
        403: ({ cause }) => {
          throw busy("network", name, cause);
        },
        404: () => undefined,
      },
    });
  }
}

/**
 * Makes a container that does not run forget the network that it was in: at its next start it joins the one that has the lease's
 * name then. Asked by name, since the engine would hold a container to an id that is gone in the meantime.
 */
export async function rejoinNetwork(
  { engine, identity }: DockerContext,
  leaseId: LeaseId,
  container: Dockerode.ContainerInspectInfo,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const name = networkName(identity, leaseId);
  const request = { Container: container.Id, EndpointConfig: { Aliases: [service] } };
  await ask(engine, {
    what: `connect container ${container.Name.slice(1)} to network ${name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      const options: Dockerode.NetworkConnectOptions & { readonly abortSignal: AbortSignal } = {
        ...request,
        abortSignal,
      };
      await engine.docker.getNetwork(name).connect(options);
    },
    outcomes: {
      404: ({ cause }) => {
        throw gone("container", container.Name.slice(1), cause);
      },
    },
  });
}

/** The engine's networks that carry these labels. */
export async function listNetworks(
  context: DockerContext,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly Dockerode.NetworkInspectInfo[]> {
  const { engine } = context;
  const networks = await ask(engine, {
    what: "list networks",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.listNetworks({ abortSignal }),
    check: isNetworkList,
  });
  return networks.filter((network) => carries(network.Labels, labels));
}

/** When the engine made its own bridge, in its own words; null where it has none. */
export async function bridgeMadeAt({ engine }: DockerContext, signal: AbortSignal): Promise<string | null> {
  return ask<Dockerode.NetworkInspectInfo, null>(engine, {
    what: "look at its bridge",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<Dockerode.NetworkInspectInfo>(engine, "/networks/bridge", abortSignal),
    check: isBridge,
    outcomes: { 404: () => null },
  }).then((bridge) => bridge?.Created ?? null);
}

async function adopt(context: DockerContext, leaseId: LeaseId, signal: AbortSignal): Promise<Creation> {
  const networks = await listNetworks(context, ALL, signal);
  if (ownNetworks(context, leaseId, networks).length > 0) return "exists";
  throw gone("network", networkName(context.identity, leaseId));
}

/** The networks with the lease's name: the engine lets two have the same. E_FOREIGN_OBJECT unless all are the lease's. */
function ownNetworks(
  { identity }: DockerContext,
  leaseId: LeaseId,
  networks: readonly Dockerode.NetworkInspectInfo[],
): readonly Dockerode.NetworkInspectInfo[] {
  const name = networkName(identity, leaseId);
  const named = networks.filter((network) => network.Name === name);
  if (!named.every(({ Labels }) => carries(Labels, leaseLabels(identity, leaseId))))
    throw foreign("network", name);
  return named;
}

async function tryCreate(
  context: DockerContext,
  leaseId: LeaseId,
  subnet: Subnet,
  signal: AbortSignal,
): Promise<Creation | "overlaps"> {
  const { engine, identity } = context;
  const what = `create network ${networkName(identity, leaseId)} on ${subnet.cidr}`;
  return ask(engine, {
    what,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      await engine.docker.createNetwork({ ...networkOptions(context, leaseId, subnet), abortSignal });
      return "created" as const;
    },
    outcomes: { 409: () => "exists" as const },
    otherwise: (refusal) => {
      if (/overlap/i.test(refusal.message)) return "overlaps" as const;
      throw refused(what, refusal);
    },
  });
}

/** The lease's services reach each other and, as far as the firewall lets them, the world. */
function networkOptions(
  { identity }: DockerContext,
  leaseId: LeaseId,
  subnet: Subnet,
): Dockerode.NetworkCreateOptions {
  const name = networkName(identity, leaseId);
  const labels = leaseLabels(identity, leaseId);
  return bridgeOptions({ name, bridge: bridgeName(identity, leaseId), labels }, subnet);
}

/** A bridge as leases have them. */
export function bridgeOptions(
  network: { readonly name: string; readonly bridge: string; readonly labels: Record<string, string> },
  subnet: Subnet,
): Dockerode.NetworkCreateOptions {
  return {
    Name: network.name,
    CheckDuplicate: true,
    Driver: "bridge",
    Internal: false,
    Attachable: false,
    EnableIPv6: false,
    IPAM: { Driver: "default", Config: [{ Subnet: subnet.cidr, Gateway: subnet.gateway }] },
    Options: {
      "com.docker.network.bridge.name": network.bridge,
      "com.docker.network.bridge.enable_icc": "true",
      "com.docker.network.bridge.enable_ip_masquerade": "true",
    },
    Labels: network.labels,
  };
}
