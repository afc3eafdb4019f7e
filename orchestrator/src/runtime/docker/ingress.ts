// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { leaseLabels, networkName } from "../../domain/names.ts";
import { foreign, gone, ingressAway, ingressForwards, ingressLedAstray } from "../runtime-errors.ts";
import { ask } from "./ask.ts";
import { inspectContainer } from "./containers.ts";
import { carries, type DockerContext } from "./context.ts";
import { leaveNetwork } from "./ingress-leave.ts";
import { listNetworks } from "./networks.ts";

/** What a proxy must be started with: it has a foot in many networks, and must pass nothing from one to another by itself. */
export const STILL: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "0",
};

/** Ids of the networks that the provider's proxy is in; none where it is not there, null where the provider runs none. */
export async function proxiedNetworks(
  context: DockerContext,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  if (context.ingress === undefined) return null;
  const proxy = await inspectContainer(context, context.ingress.container, signal);
  return new Set(Object.values(proxy?.NetworkSettings.Networks ?? {}).map(({ NetworkID }) => NetworkID));
}

/**
 * Puts the provider's proxy into the lease's network. Errors: RetryableError E_INGRESS_AWAY, E_NETWORK_GONE; PermanentError
 * E_INGRESS_FORWARDS, E_INGRESS_NETWORK, E_FOREIGN_OBJECT.
 */
export async function joinIngress(
  context: DockerContext,
  leaseId: LeaseId,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const name = networkName(context.identity, leaseId);
  const proxy = await needProxy(context, name, signal);
  const id = await needNetwork(context, leaseId, name, signal);
  const joined = proxy.NetworkSettings.Networks[name]?.NetworkID;
  if (joined === id) return;
  if (joined !== undefined) await leaveNetwork(context, name, signal);
  await ask(engine, {
    what: `put container ${proxy.Name.slice(1)} into network ${name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      const options: Dockerode.NetworkConnectOptions & { readonly abortSignal: AbortSignal } = {
        Container: proxy.Id,
        EndpointConfig: { GwPriority: -1 } as Dockerode.EndpointSettings,
        abortSignal,
      };
      await engine.docker.getNetwork(id).connect(options);
    },
    outcomes: {
      403: () => undefined,
      404: ({ message, cause }) => {
        throw /network/i.test(message)
          ? gone("network", name, cause)
          : ingressAway(proxy.Name.slice(1), cause);
      },
    },
  });
}

/**
 * An engine publishes a container's ports, and leads it to the world, through the first of its networks by name; from version 28 on through
 * the one of the highest priority, which no lease's network has.
 */
function hasOwnWay({ NetworkSettings }: Dockerode.ContainerInspectInfo, lease: string): boolean {
  return Object.keys(NetworkSettings.Networks).some((name) => name < lease);
}

/** The proxy's container, fit to enter the lease's network of this name. */
async function needProxy(
  context: DockerContext,
  network: string,
  signal: AbortSignal,
): Promise<Dockerode.ContainerInspectInfo> {
  const { ingress } = context;
  const proxy = ingress === undefined ? null : await inspectContainer(context, ingress.container, signal);
  if (proxy === null) throw ingressAway(ingress?.container ?? "");
  if (!carries(proxy.HostConfig.Sysctls, STILL)) throw ingressForwards(proxy.Name.slice(1));
  if (!hasOwnWay(proxy, network)) throw ingressLedAstray(proxy.Name.slice(1));
  return proxy;
}

async function needNetwork(
  context: DockerContext,
  leaseId: LeaseId,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const [network] = (await listNetworks(context, {}, signal)).filter(({ Name }) => Name === name);
  if (network === undefined) throw gone("network", name);
  if (!carries(network.Labels, leaseLabels(context.identity, leaseId))) throw foreign("network", name);
  return network.Id;
}
