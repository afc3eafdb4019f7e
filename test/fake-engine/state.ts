// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "../../orchestrator/src/ports/clock.ts";
import { Agenda } from "./agenda.ts";
import { Names } from "./names.ts";
import type { Programs } from "./programs.ts";
import { noSuchContainer } from "./replies.ts";
import type { FakeContainer, FakeImage, FakeNetwork, FakeVolume, Incarnation } from "./objects.ts";

/** Everything that the engine has, and has had. */
export class EngineState {
  readonly agenda: Agenda;
  readonly names: Names;
  readonly programs: Programs;
  readonly containers = new Map<string, FakeContainer>();
  readonly networks = new Map<string, FakeNetwork>();
  readonly volumes = new Map<string, FakeVolume>();
  /** By every reference that they are known by. */
  readonly images = new Map<string, FakeImage>();
  /** What a pull finds. */
  readonly registry = new Map<string, FakeImage>();
  /** Ports of the host that programs outside hold, as `20000/tcp`. */
  readonly heldPorts = new Set<string>();
  /** Every start there was, by the container's name. */
  readonly history = new Map<string, Incarnation[]>();
  /** Whether its containers go on when it ends, as it was told at its last start. */
  liveRestore = false;
  /** How often the engine has begun: what one engine was about to do, the next does not. */
  boot = 1;
  readonly #idByName = new Map<string, string>();

  constructor(parts: { readonly clock: Clock; readonly seed: string; readonly programs: Programs }) {
    this.agenda = new Agenda(parts.clock);
    this.names = new Names(parts.seed);
    this.programs = parts.programs;
  }

  /** What the engine stamps with: the machine's wall clock. */
  now(): number {
    return this.agenda.now();
  }

  /** What the kernel counts with: the monotonic clock. */
  passed(): number {
    return this.agenda.passed();
  }

  add(container: FakeContainer): void {
    this.containers.set(container.id, container);
    this.#idByName.set(container.name, container.id);
  }

  drop(container: FakeContainer): void {
    this.containers.delete(container.id);
    this.#idByName.delete(container.name);
  }

  findContainer(nameOrId: string): FakeContainer | undefined {
    return this.containers.get(this.#idByName.get(nameOrId) ?? nameOrId);
  }

  needContainer(nameOrId: string): FakeContainer {
    const found = this.findContainer(nameOrId);
    if (found === undefined) throw noSuchContainer(nameOrId);
    return found;
  }

  findNetwork(nameOrId: string): FakeNetwork | undefined {
    return this.networks.get(nameOrId) ?? [...this.networks.values()].find(({ name }) => name === nameOrId);
  }

  /** The containers whose processes live, frozen or not. */
  alive(): readonly FakeContainer[] {
    return [...this.containers.values()].filter(({ pid }) => pid !== null);
  }
}
