// SPDX-License-Identifier: Apache-2.0
import { PermanentError, RetryableError, type IsolationTier } from "@berth/sdk";

const GONE = {
  container: "E_CONTAINER_GONE",
  network: "E_NETWORK_GONE",
  volume: "E_VOLUME_GONE",
  image: "E_IMAGE_GONE",
} as const;
const BUSY = { network: "E_NETWORK_BUSY", volume: "E_VOLUME_BUSY" } as const;

/** Something that is not this lease's has the name that this lease's object must have. */
export function foreign(kind: "container" | "network" | "volume", name: string): PermanentError {
  return new PermanentError("E_FOREIGN_OBJECT", `The ${kind} ${name} exists and is not this lease's.`, {
    atRisk: "the lease cannot run; the object was not touched",
    next: `Find out whose the ${kind} is, and remove or rename it by hand.`,
    facts: { kind, name },
  });
}

/** What the step needs is not there (any more): looking again tells what to do first. */
export function gone(kind: keyof typeof GONE, name: string, cause?: unknown): RetryableError {
  return new RetryableError(GONE[kind], `The ${kind} ${name} is not there.`, {
    atRisk: "the step is not done",
    next: "Look at what exists and plan again.",
    facts: { kind, name },
    cause,
  });
}

/** The lease's containers still use what is to be removed. */
export function busy(kind: keyof typeof BUSY, name: string, cause?: unknown): RetryableError {
  return new RetryableError(BUSY[kind], `The ${kind} ${name} is still used by containers.`, {
    atRisk: "nothing; it stays, with all that is in it",
    next: "Remove the lease's containers first.",
    facts: { kind, name },
    cause,
  });
}

/** Somebody else on the host holds a port that the container is to publish; `port` is null where nobody can tell which. */
export function portTaken(container: string, port: number | null, cause?: unknown): RetryableError {
  const which = port === null ? "a port of the host that it needs" : `port ${port} of the host`;
  return new RetryableError("E_PORT_TAKEN", `Container ${container} cannot start: ${which} is taken.`, {
    atRisk: "nothing: it is made again with another port",
    next: "Nothing. If it goes on, give BERTH_PUBLISH_PORTS a range that nothing else on this machine uses.",
    facts: { container, ...(port !== null && { port: String(port) }) },
    cause,
  });
}

/** Labels of an image end up on its containers, where they would tell the provider's proxy whom to send to them. */
export function imageSteers(image: string, labels: readonly string[]): PermanentError {
  return new PermanentError(
    "E_IMAGE_LABELS",
    `Image ${image} carries labels that are the provider's: ${labels.join(", ")}.`,
    {
      atRisk: "the lease does not run",
      next: "Build the image without labels that begin with traefik, caddy, berth.http or berth.url.",
      facts: { image },
    },
  );
}

export function ingressAway(container: string, cause?: unknown): RetryableError {
  return new RetryableError("E_INGRESS_AWAY", `The provider's proxy, container ${container}, is not there.`, {
    atRisk: "workloads are not reached by their hostnames; no lease that needs one is begun",
    next: "Provider: start the proxy, or correct BERTH_INGRESS_CONTAINER.",
    facts: { container },
    cause,
  });
}

/** It stands in the networks of many leases: what it forwards would pass between them. */
export function ingressForwards(container: string): PermanentError {
  return ingressUnfit(
    "E_INGRESS_FORWARDS",
    `The provider's proxy, container ${container}, forwards packets.`,
    'start it with sysctls: { net.ipv4.ip_forward: "0" }.',
    container,
  );
}

/** The engine leads a container's traffic through the first of its networks by name: one of a lease's must never be that. */
export function ingressLedAstray(container: string): PermanentError {
  return ingressUnfit(
    "E_INGRESS_NETWORK",
    `The provider's proxy, container ${container}, has no network of its own whose name comes before those of leases.`,
    "put it into a network whose name sorts before berth, such as apps.",
    container,
  );
}

function ingressUnfit(code: string, message: string, fix: string, container: string): PermanentError {
  return new PermanentError(code, message, {
    atRisk: "nothing: it is let into no lease's network, and no lease that needs a hostname is begun",
    next: `Provider: ${fix}`,
    facts: { container },
  });
}

/** The machine has not got what the offer claims; a container on a weaker tier is not made in its place. */
export function tierNotEnforced(tier: IsolationTier, why: string, cause?: unknown): PermanentError {
  return new PermanentError("E_TIER_NOT_ENFORCED", `The offer claims the tier ${tier}, and ${why}.`, {
    atRisk: "the lease does not run",
    next: "Set the engine up for the tier, as `berth provider doctor` says, or close the offer.",
    facts: { tier },
    cause,
  });
}
