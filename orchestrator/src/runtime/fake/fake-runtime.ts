// SPDX-License-Identifier: Apache-2.0
import type { LeaseId, MarketIdentity } from "../../domain/identity.ts";
import type { Ingress } from "../../domain/ingress.ts";
import { containerName, networkName, volumeName } from "../../domain/names.ts";
import type {
  ContainerState,
  LogLine,
  ObservedContainer,
  ObservedContainers,
  ObservedWorkload,
  Sample,
} from "../../domain/observed.ts";
import type { ServiceSpec, VolumeSpec, WorkloadSpec } from "../../domain/workload.ts";
import type {
  ContainerRuntime,
  Creation,
  LogRequest,
  RuntimeDescription,
  VolumeContent,
} from "../../ports/container-runtime.ts";
import { foreign, gone, tierNotEnforced } from "../runtime-errors.ts";
import { EXIT_TERMINATED, isAlive, type FakeContainer, type FakeEngine } from "./fake-engine.ts";
import { FakeImages } from "./fake-images.ts";
import { fakeUrl, joinProxy, needImage, needPlace } from "./fake-ingress.ts";
import { dropNetwork, owned } from "./fake-owner.ts";
import { fakeSample, fakeWorkloads, followLog } from "./fake-views.ts";
import { FakeVolumes, takenIn } from "./fake-volumes.ts";

/** The container runtime in memory, held to the same contract as the real ones; its faults are ordered by the test. */
export class FakeRuntime extends FakeImages implements ContainerRuntime {
  readonly identity: MarketIdentity;
  readonly engine: FakeEngine;
  readonly ingress: Ingress | undefined;
  readonly #owner: string;
  readonly #volumes: FakeVolumes;

  constructor(identity: MarketIdentity, engine: FakeEngine, ingress?: Ingress) {
    super();
    this.ingress = ingress;
    this.identity = identity;
    this.engine = engine;
    this.#owner = `${identity.chainId}/${identity.market.toLowerCase()}`;
    this.#volumes = new FakeVolumes(engine, identity, this.#owner);
  }

  /** True for a machine that shows whether a container runs while its engine is silent. */
  showsProcesses = false;

  /** The lease's container of this service, for a test to look at or to change; fails if there is none. */
  container(leaseId: LeaseId, service: string): FakeContainer {
    const found = this.engine.containers.get(containerName(this.identity, leaseId, service));
    if (found === undefined) throw gone("container", containerName(this.identity, leaseId, service));
    return found;
  }

  describe(signal: AbortSignal): Promise<RuntimeDescription> {
    return this.meet({ method: "describe" }, signal, () => ({ name: "Fake", version: "1" }));
  }

  observe(signal: AbortSignal): Promise<readonly ObservedWorkload[]> {
    return this.meet({ method: "observe" }, signal, () => fakeWorkloads(this.engine, this.#owner));
  }

  observeContainers(signal: AbortSignal): Promise<readonly ObservedContainers[]> {
    const all = this.observe(signal);
    return all.then((workloads) => workloads.filter(({ containers }) => containers.length > 0));
  }

  createNetwork(leaseId: LeaseId, signal: AbortSignal): Promise<Creation> {
    return this.meet({ method: "createNetwork", leaseId }, signal, () => {
      const name = networkName(this.identity, leaseId);
      if (owned(this.#owner, "network", this.engine.networks, name) !== null) return "exists";
      this.engine.networks.set(name, { owner: this.#owner, leaseId });
      return "created";
    });
  }

  createVolume(leaseId: LeaseId, volume: VolumeSpec, signal: AbortSignal): Promise<Creation> {
    return this.meet({ method: "createVolume", leaseId, part: volume.name }, signal, () =>
      this.#volumes.make(leaseId, volume),
    );
  }

  createContainer(
    workload: Pick<WorkloadSpec, "leaseId" | "manifestHash" | "tier">,
    service: ServiceSpec,
    signal: AbortSignal,
  ): Promise<Creation> {
    const { leaseId, manifestHash, tier } = workload;
    return this.meet({ method: "createContainer", leaseId, part: service.name }, signal, () => {
      if (tier !== "runc") throw tierNotEnforced(tier, "this engine has none but runc");
      const name = containerName(this.identity, leaseId, service.name);
      const found = owned(this.#owner, "container", this.engine.containers, name);
      if (found !== null && found.manifestHash !== manifestHash) throw foreign("container", name);
      if (found !== null) return "exists";
      needImage(this.engine, service.image);
      for (const { volume } of service.volumes) this.#volumes.require(leaseId, volume);
      this.engine.addContainer(name, {
        owner: this.#owner,
        leaseId,
        spec: service,
        manifestHash,
        network: networkName(this.identity, leaseId),
        url: fakeUrl(this.ingress, leaseId, service),
        volumes: service.volumes.map(({ volume }) => volumeName(this.identity, leaseId, volume)),
      });
      return "created";
    });
  }

  startContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void> {
    return this.meet({ method: "startContainer", leaseId, part: service }, signal, () => {
      const container = this.#ownContainer(leaseId, service);
      const name = containerName(this.identity, leaseId, service);
      if (container === null) throw gone("container", name);
      if (isAlive(container)) return;
      needPlace(this.engine, name, container);
      this.engine.start(container);
    });
  }

  stopContainer(
    leaseId: LeaseId,
    service: string,
    _graceSeconds: number,
    signal: AbortSignal,
  ): Promise<void> {
    return this.meet({ method: "stopContainer", leaseId, part: service }, signal, () => {
      const container = this.#ownContainer(leaseId, service);
      if (container !== null && isAlive(container)) this.engine.end(container, EXIT_TERMINATED, false);
    });
  }

  freezeContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void> {
    const about = { method: "freezeContainer", leaseId, part: service } as const;
    return this.meet(about, signal, () => this.#change(leaseId, service, "running", "frozen"));
  }

  thawContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void> {
    const about = { method: "thawContainer", leaseId, part: service } as const;
    return this.meet(about, signal, () => this.#change(leaseId, service, "frozen", "running"));
  }

  removeContainer(leaseId: LeaseId, service: string, signal: AbortSignal): Promise<void> {
    return this.meet({ method: "removeContainer", leaseId, part: service }, signal, () => {
      const container = this.#ownContainer(leaseId, service);
      if (container === null) return;
      if (isAlive(container)) this.engine.end(container, EXIT_TERMINATED, false);
      this.engine.containers.delete(containerName(this.identity, leaseId, service));
    });
  }

  joinIngress(leaseId: LeaseId, signal: AbortSignal): Promise<void> {
    return this.meet({ method: "joinIngress", leaseId }, signal, () =>
      joinProxy(this.engine, this.ingress, networkName(this.identity, leaseId)),
    );
  }

  removeNetwork(leaseId: LeaseId, signal: AbortSignal): Promise<void> {
    return this.meet({ method: "removeNetwork", leaseId }, signal, () => {
      const name = networkName(this.identity, leaseId);
      if (owned(this.#owner, "network", this.engine.networks, name) === null) return;
      dropNetwork(this.engine, name);
    });
  }

  removeVolume(leaseId: LeaseId, volume: string, signal: AbortSignal): Promise<void> {
    return this.meet({ method: "removeVolume", leaseId, part: volume }, signal, () => {
      this.#volumes.remove(leaseId, volume);
    });
  }

  ownUser(leaseId: LeaseId, signal: AbortSignal): Promise<number> {
    return this.meet({ method: "ownUser", leaseId }, signal, () => 1_900_000_000 + Number(leaseId));
  }

  async *readVolume(leaseId: LeaseId, volume: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield await this.meet({ method: "readVolume", leaseId, part: volume }, signal, () =>
      this.#volumes.need(leaseId, volume).content.slice(),
    );
  }

  async replaceVolume(
    leaseId: LeaseId,
    volume: string,
    content: VolumeContent,
    signal: AbortSignal,
  ): Promise<void> {
    const found = await this.meet({ method: "replaceVolume", leaseId, part: volume }, signal, () =>
      this.#volumes.atRest(leaseId, volume),
    );
    found.content = await takenIn(found, content);
  }

  sample(
    containers: readonly ObservedContainer[],
    signal: AbortSignal,
  ): Promise<readonly PromiseSettledResult<Sample | null>[]> {
    const measure = (each: ObservedContainer): Promise<Sample | null> =>
      this.meet({ method: "sample", part: each.service }, signal, () => fakeSample(this.engine, each));
    return Promise.allSettled(containers.map(measure));
  }

  async stillRuns({ id, startedAt }: ObservedContainer): Promise<boolean> {
    const found = [...this.engine.containers.values()].find((container) => container.id === id);
    return this.showsProcesses && found?.state === "running" && found.startedAt === startedAt;
  }

  async *logs(leaseId: LeaseId, request: LogRequest, signal: AbortSignal): AsyncIterable<LogLine> {
    const container = await this.meet({ method: "logs", leaseId, part: request.service }, signal, () =>
      this.#ownContainer(leaseId, request.service),
    );
    if (container === null) throw gone("container", containerName(this.identity, leaseId, request.service));
    yield* followLog(this.engine, container, request, signal);
  }

  #change(leaseId: LeaseId, service: string, from: ContainerState, to: ContainerState): void {
    const container = this.#ownContainer(leaseId, service);
    if (container?.state === from) container.state = to;
  }

  #ownContainer(leaseId: LeaseId, service: string): FakeContainer | null {
    const name = containerName(this.identity, leaseId, service);
    return owned(this.#owner, "container", this.engine.containers, name);
  }
}
