// SPDX-License-Identifier: Apache-2.0
import { parseImageReference } from "@berth/sdk";
import { usedPercent, type DiskUse } from "../../domain/image.ts";
import type { LeaseId } from "../../domain/identity.ts";
import type { ContainerState, LogLine, ObservedContainer } from "../../domain/observed.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import type { Collection } from "../../ports/container-runtime.ts";

/** An object of the fake engine; `owner` names a chain and a market, null what was made outside Berth. */
export interface FakeObject {
  readonly owner: string | null;
  readonly leaseId: LeaseId;
}

export interface FakeVolume extends FakeObject {
  readonly volume: string;
  /** Null for one that is not bounded. */
  sizeMiB: number | null;
  /** An archive of what is in it. */
  content: Uint8Array;
}

export interface FakeContainer extends FakeObject {
  readonly id: string;
  readonly spec: ServiceSpec;
  readonly manifestHash: `0x${string}`;
  /** Engine name of the network that it joins. */
  readonly network: string;
  /** Engine names of the volumes that it mounts. */
  readonly volumes: readonly string[];
  /** Where a proxy is asked for it; null where none is. */
  readonly url: string | null;
  readonly log: LogLine[];
  state: ContainerState;
  startedAt: number | null;
  finishedAt: number | null;
  exitCode: number | null;
  oomKilled: boolean;
  lostWithEngine: boolean;
  health: ObservedContainer["health"];
  /** Host ports by `<containerPort>/<protocol>`, while it runs. */
  hostPorts: ReadonlyMap<string, number>;
  usage: FakeUsage;
}

/** Totals since the container's start. */
export interface FakeUsage {
  readonly cpuNanos: bigint;
  readonly memoryBytes: bigint;
  readonly networkRxBytes: bigint | null;
  readonly networkTxBytes: bigint | null;
}

const FIRST_HOST_PORT = 40_000;
/** Exit code of a process that was asked to end. */
export const EXIT_TERMINATED = 143;
const NO_USAGE: FakeUsage = { cpuNanos: 0n, memoryBytes: 0n, networkRxBytes: 0n, networkTxBytes: 0n };

/** What a command of the fake prints, and the code it ends with; every other command runs until it is stopped. */
const SHORT_COMMANDS: Readonly<
  Record<string, (words: readonly string[]) => { says: string | null; code: number }>
> = {
  echo: (words) => ({ says: words.join(" "), code: 0 }),
  true: () => ({ says: null, code: 0 }),
  false: () => ({ says: null, code: 1 }),
};

/** A container engine in memory: objects by name, as the real one keeps them. Several runtimes can stand on one. */
export class FakeEngine {
  readonly now: () => number;
  readonly images: Set<string>;
  readonly containers = new Map<string, FakeContainer>();
  /** How full its disk is: every image that it has pulled takes one byte of a hundred. */
  disk: DiskUse = { totalBytes: 100, freeBytes: 50 };
  /** Pins of the images that it has pulled, the one not needed for longest first. */
  readonly pulled = new Set<string>();
  readonly networks = new Map<string, FakeObject>();
  readonly volumes = new Map<string, FakeVolume>();
  /** Images whose labels would steer a provider's proxy. */
  readonly steeringImages = new Set<string>();
  /** Ports of the host that somebody outside holds, as `20000/tcp`. */
  readonly heldPorts = new Set<string>();
  /** Engine names of the networks that the provider's proxy reaches; null where there is no proxy. */
  proxy: Set<string> | null = null;
  /** True for a proxy that would pass packets from one network to another. */
  proxyForwards = false;
  /** False for one that has no network of its own which comes first. */
  proxyHasOwnWay = true;
  #nextId = 1;
  #nextPort = FIRST_HOST_PORT;
  readonly #watchers = new Set<() => void>();

  /** `images` are those that can be had; `now` gives milliseconds since 1970. */
  constructor(options: { readonly now: () => number; readonly images: readonly string[] }) {
    this.now = options.now;
    this.images = new Set(options.images);
  }

  /** What an image reference is made into; null for one that cannot be had. */
  pinOf(image: string): string | null {
    if (!this.images.has(image)) return null;
    const { registry, repository, tag } = parseImageReference(image);
    const digest = Buffer.from(tag ?? "latest")
      .toString("hex")
      .padStart(64, "0");
    return `${registry}/${repository}@sha256:${digest}`;
  }

  /** Whether it can be had by its name or by its pin. */
  hasImage(nameOrPin: string): boolean {
    return [...this.images].some((image) => image === nameOrPin || this.pinOf(image) === nameOrPin);
  }

  /** Forgets what was pulled and nobody needs, until the disk is eased. */
  collect(isNeeded: Collection["isNeeded"], downTo: number): readonly string[] {
    const used = new Set([...this.containers.values()].map(({ spec }) => spec.image));
    const gone: string[] = [];
    for (const pin of this.pulled) {
      if (usedPercent(this.disk) <= downTo) break;
      if (isNeeded(pin) || used.has(pin)) continue;
      this.pulled.delete(pin);
      this.disk = { ...this.disk, freeBytes: this.disk.freeBytes + 1 };
      gone.push(pin);
    }
    return gone;
  }

  addContainer(
    name: string,
    made: Pick<FakeContainer, "owner" | "leaseId" | "spec" | "manifestHash" | "network" | "volumes" | "url">,
  ): void {
    this.containers.set(name, {
      ...made,
      id: String(this.#nextId++).padStart(64, "0"),
      log: [],
      state: "created",
      startedAt: null,
      finishedAt: null,
      exitCode: null,
      oomKilled: false,
      lostWithEngine: false,
      health: made.spec.healthcheck === null ? "none" : "starting",
      hostPorts: new Map(),
      usage: NO_USAGE,
    });
  }

  /** The first of its ports that somebody else holds, outside or in another container; null where all are free. */
  heldPort(container: FakeContainer): number | null {
    const others = [...this.containers.values()].filter((other) => other !== container && isAlive(other));
    const held = new Set([
      ...this.heldPorts,
      ...others.flatMap(({ hostPorts }) =>
        [...hostPorts].map(([key, hostPort]) => `${hostPort}/${key.split("/")[1]}`),
      ),
    ]);
    const wanted = publishedPorts(container).filter(({ hostPort, protocol }) =>
      held.has(`${hostPort}/${protocol}`),
    );
    return wanted[0]?.hostPort ?? null;
  }

  /** Begins a new incarnation; a short command has ended when this returns. */
  start(container: FakeContainer): void {
    const now = this.now();
    Object.assign(container, {
      state: "running",
      startedAt: now === container.startedAt ? now + 1 : now,
      finishedAt: null,
      exitCode: null,
      oomKilled: false,
      lostWithEngine: false,
      health: container.spec.healthcheck === null ? "none" : "starting",
      usage: NO_USAGE,
      hostPorts: new Map(
        publishedPorts(container).map((port) => [
          `${port.containerPort}/${port.protocol}`,
          port.hostPort ?? this.#nextPort++,
        ]),
      ),
    });
    const [program, ...words] = container.spec.command ?? [];
    const outcome = SHORT_COMMANDS[program ?? ""]?.(words);
    if (outcome === undefined) return;
    if (outcome.says !== null) this.write(container, "stdout", outcome.says);
    this.end(container, outcome.code, false);
  }

  end(container: FakeContainer, exitCode: number, oomKilled: boolean): void {
    const now = this.now();
    Object.assign(container, {
      state: "exited",
      finishedAt: now + 1 === container.startedAt ? container.startedAt : now,
      exitCode,
      oomKilled,
      hostPorts: new Map(),
    });
    this.#changed();
  }

  /** Restarted as a real engine is whose containers do not outlive it: what was alive has been killed. */
  restart(): void {
    for (const container of [...this.containers.values()].filter(isAlive)) {
      this.end(container, 137, false);
      container.lostWithEngine = true;
    }
  }

  write(container: FakeContainer, stream: LogLine["stream"], text: string): void {
    const at = new Date(this.now()).toISOString();
    container.log.push({ service: container.spec.name, stream, text, at });
    this.#changed();
  }

  /** Resolves when a container writes or ends, and when the signal is aborted. */
  change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.add(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  #changed(): void {
    for (const wake of this.#watchers) wake();
    this.#watchers.clear();
  }
}

/** Whether the container has processes, suspended or not. */
export function isAlive(container: FakeContainer): boolean {
  return container.state === "running" || container.state === "frozen";
}

/** Those of its ports that the host publishes; a proxy answers for the others. */
export function publishedPorts({ spec, url }: FakeContainer): FakeContainer["spec"]["ports"] {
  return spec.ports.filter(({ appProtocol }) => appProtocol === undefined || url === null);
}
