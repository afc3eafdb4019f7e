// SPDX-License-Identifier: Apache-2.0
import type { LeaseId, MarketIdentity } from "../../domain/identity.ts";
import {
  STRICT_IMAGES,
  type DiskUse,
  type ImageAccess,
  type ImageRules,
  type PullWatch,
} from "../../domain/image.ts";
import type {
  LogLine,
  ObservedContainer,
  ObservedContainers,
  ObservedWorkload,
  Sample,
} from "../../domain/observed.ts";
import type { Ingress } from "../../domain/ingress.ts";
import { parseSubnetPool } from "../../domain/subnets.ts";
import type { ServiceSpec, VolumeSpec, WorkloadSpec } from "../../domain/workload.ts";
import type {
  Collection,
  ContainerRuntime,
  Creation,
  LogRequest,
  RuntimeDescription,
  VolumeContent,
} from "../../ports/container-runtime.ts";
import { isVersion } from "./answers.ts";
import { ask } from "./ask.ts";
import { connectEngine } from "./client.ts";
import { createContainer, removeContainer } from "./containers.ts";
import type { DockerContext } from "./context.ts";
import { engineDisk, readDisk } from "./disk/engine-disk.ts";
import { get } from "./get.ts";
import { collectImages } from "./image-garbage.ts";
import { ensureImage, resolveImage } from "./images.ts";
import { joinIngress } from "./ingress.ts";
import { Inspections } from "./inspections.ts";
import { ownUser } from "./lease-user.ts";
import { freezeContainer, startContainer, stopContainer, thawContainer } from "./lifecycle.ts";
import { logs } from "./logs.ts";
import { createNetwork, removeNetwork } from "./networks.ts";
import { observe, observeContainers } from "./observe.ts";
import { sample } from "./stats.ts";
import { Survivors } from "./survivors.ts";
import { mapsUsers } from "./user-mapping.ts";
import { readVolume, replaceVolume } from "./volume-content.ts";
import { VolumeReads } from "./volume-reads.ts";
import { createVolume, removeVolume } from "./volumes.ts";

export interface DockerRuntimeOptions {
  readonly identity: MarketIdentity;
  /** Host address that published ports are bound to. */
  readonly publishAddress: string;
  /** What endpoints are told with instead; that address where it is left out. */
  readonly publishHost?: string | undefined;
  /** The proxy that answers for ports that speak HTTP; left out where there is none. */
  readonly ingress?: Ingress | undefined;
  /** IPv4 range out of which every lease gets a /27, such as 10.200.0.0/14. */
  readonly subnetPool: string;
  /** Path of the engine's socket; without it DOCKER_HOST, then the platform's usual place. */
  readonly socketPath?: string;
  /** Milliseconds that only go forwards. */
  readonly monotonic: () => number;
  /** What is allowed of images beyond the strict rules. */
  readonly images?: Partial<ImageRules>;
}

/** A runtime on a Docker Engine. UserError E_SUBNET_POOL for a pool that is none. */
export function createDockerRuntime(options: DockerRuntimeOptions): DockerRuntime {
  return new DockerRuntime(contextOf(options));
}

/** What the adapter works with, before anything about disk was tried. */
export function contextOf(options: DockerRuntimeOptions): DockerContext {
  const { identity, publishAddress, publishHost, ingress, subnetPool, socketPath, monotonic } = options;
  return {
    ...{ identity, publishAddress, publishHost, ingress },
    engine: connectEngine({ socketPath }),
    subnets: parseSubnetPool(subnetPool),
    survivors: new Survivors(),
    inspections: new Inspections(monotonic),
    reads: new VolumeReads(),
    images: { ...STRICT_IMAGES, ...options.images },
    disk: readDisk,
  };
}

/** The container runtime on a Docker Engine: each method is a file beside this one. */
export class DockerRuntime implements ContainerRuntime {
  readonly #context: DockerContext;

  constructor(context: DockerContext) {
    this.#context = context;
  }

  async describe(signal: AbortSignal): Promise<RuntimeDescription> {
    const { engine } = this.#context;
    const { Version } = await ask(engine, {
      what: "ask for its version",
      limitMs: engine.deadlines.look,
      signal,
      run: (abortSignal) => get<{ readonly Version: string }>(engine, "/version", abortSignal),
      check: isVersion,
    });
    return { name: "Docker Engine", version: Version };
  }

  observe(signal: AbortSignal): Promise<readonly ObservedWorkload[]> {
    return observe(this.#context, signal);
  }

  observeContainers(signal: AbortSignal): Promise<readonly ObservedContainers[]> {
    return observeContainers(this.#context, signal);
  }

  resolveImage(image: string, access: ImageAccess, signal: AbortSignal): Promise<string> {
    return resolveImage(this.#context, image, access, signal);
  }

  ensureImage(pin: string, watch: PullWatch, signal: AbortSignal): Promise<void> {
    return ensureImage(this.#context, pin, watch, signal);
  }

  collectImages(collection: Collection, signal: AbortSignal): Promise<readonly string[]> {
    return collectImages(this.#context, collection, signal);
  }

  disk(signal: AbortSignal): Promise<DiskUse | null> {
    return engineDisk(this.#context, signal);
  }

  createNetwork(leaseId: LeaseId, signal: AbortSignal): Promise<Creation> {
    return createNetwork(this.#context, leaseId, signal);
  }

  createVolume(leaseId: LeaseId, volume: VolumeSpec, signal: AbortSignal): Promise<Creation> {
    return createVolume(this.#context, leaseId, volume, signal);
  }

  createContainer(
    workload: Pick<WorkloadSpec, "leaseId" | "manifestHash" | "tier">,
    service: ServiceSpec,
    signal: AbortSignal,
  ): Promise<Creation> {
    return createContainer(this.#context, workload, service, signal);
  }

  startContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void> {
    return startContainer(this.#context, leaseId, service, signal);
  }

  stopContainer(leaseId: LeaseId, service: string, graceSeconds: number, signal: AbortSignal): Promise<void> {
    return stopContainer(this.#context, leaseId, service, graceSeconds, signal);
  }

  freezeContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void> {
    return freezeContainer(this.#context, leaseId, service, signal);
  }

  thawContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void> {
    return thawContainer(this.#context, leaseId, service, signal);
  }

  removeContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void> {
    return removeContainer(this.#context, leaseId, service, signal);
  }

  joinIngress(leaseId: LeaseId, signal: AbortSignal): Promise<void> {
    return joinIngress(this.#context, leaseId, signal);
  }

  removeNetwork(leaseId: LeaseId, signal: AbortSignal): Promise<void> {
    return removeNetwork(this.#context, leaseId, signal);
  }

  removeVolume(leaseId: LeaseId, volume: string, signal: AbortSignal): Promise<void> {
    return removeVolume(this.#context, leaseId, volume, signal);
  }

  async ownUser(leaseId: LeaseId, signal: AbortSignal): Promise<number> {
    return ownUser(leaseId, { isMapped: await mapsUsers(this.#context.engine, signal) }).uid;
  }

  readVolume(leaseId: LeaseId, volume: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return readVolume(this.#context, leaseId, volume, signal);
  }

  replaceVolume(
    leaseId: LeaseId,
    volume: string,
    content: VolumeContent,
    signal: AbortSignal,
  ): Promise<void> {
    return replaceVolume(this.#context, leaseId, volume, content, signal);
  }

  sample(
    containers: readonly ObservedContainer[],
    signal: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Sample | null>[]> {
    return sample(this.#context, containers, signal);
  }

  stillRuns({ id, startedAt }: ObservedContainer): Promise<boolean> {
    return this.#context.survivors.stillRuns(id, startedAt);
  }

  logs(leaseId: LeaseId, request: LogRequest, signal: AbortSignal): AsyncIterable<LogLine> {
    return logs(this.#context, leaseId, request, signal);
  }
}
