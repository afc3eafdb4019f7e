// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../orchestrator/src/config/system-clock.ts";
import type { Clock } from "../../orchestrator/src/ports/clock.ts";
import { noFaults, type Faults } from "./faults.ts";
import { addImage } from "./images.ts";
import { end, write } from "./lifecycle.ts";
import { addPredefinedNetworks, renewBridge } from "./networks.ts";
import type { FakeContainer, FakeImage, Health } from "./objects.ts";
import { smallPrograms, type Line, type Programs, withWitness } from "./programs.ts";
import { EngineServer } from "./server.ts";
import { EngineState } from "./state.ts";
import type { Cgroup } from "./stats.ts";
import { Truth } from "./truth.ts";
import type { Load } from "./usage.ts";

export interface FakeEngineOptions {
  /** The machine's own unless a test moves it. */
  readonly clock?: Clock;
  /** Ids are the same for the same seed and the same order of requests. */
  readonly seed?: string;
  readonly programs?: Programs;
  readonly cgroup?: Cgroup;
  /** The images that it has, with the words that each runs by itself. */
  readonly images?: Readonly<Record<string, readonly string[]>>;
  /** The images that a pull finds. */
  readonly registry?: Readonly<Record<string, readonly string[]>>;
}

const EXIT_KILLED = 137;
const IMAGE_BYTES = 1_000_000;

/** A Docker Engine in memory that speaks the engine's API, as far as Berth uses it, over a unix socket of its own. */
export class FakeDockerEngine {
  /** What goes wrong with requests; a test may change it at any time. */
  faults: Faults = noFaults;
  readonly socketPath: string;
  readonly truth: Truth;
  readonly #folder: string;
  readonly #state: EngineState;
  readonly #server: EngineServer;

  private constructor(folder: string, options: FakeEngineOptions) {
    const { clock = systemClock, seed = "berth", programs = smallPrograms } = options;
    this.#folder = folder;
    this.socketPath = join(folder, "engine.sock");
    this.#state = new EngineState({ clock, seed, programs: withWitness(programs) });
    addPredefinedNetworks(this.#state);
    for (const image of imagesOf(options.images)) addImage(this.#state.images, image);
    for (const image of imagesOf(options.registry)) addImage(this.#state.registry, image);
    const faults = () => this.faults;
    const { cgroup = 1 } = options;
    this.#server = new EngineServer({ state: this.#state, cgroup, socketPath: this.socketPath, faults });
    this.truth = new Truth(this.#state, this.#server);
  }

  /** An engine that listens. */
  static async start(options: FakeEngineOptions = {}): Promise<FakeDockerEngine> {
    const engine = new FakeDockerEngine(await mkdtemp(join(tmpdir(), "berth-fake-")), options);
    await engine.#server.listen();
    return engine;
  }

  async close(): Promise<void> {
    this.#state.agenda.close();
    await this.#server.close();
    await rm(this.#folder, { recursive: true });
  }

  /** Refuses connections and cuts those that are open; containers go on. */
  async darken(): Promise<void> {
    this.#state.boot += 1;
    await this.#server.close();
  }

  /** Answers again after `darken`, as an engine does that was unreachable and never ended. */
  async lighten(): Promise<void> {
    this.#state.agenda.settle();
    await this.#server.listen();
  }

  /**
   * Begins anew after the engine's own process was killed, now or when it went dark: without live-restore it finds its
   * containers running and kills them, with it they go on.
   */
  async restart({ liveRestore }: { readonly liveRestore: boolean }): Promise<void> {
    if (this.#server.isListening) await this.darken();
    this.#state.agenda.settle();
    this.#state.liveRestore = liveRestore;
    if (!liveRestore) {
      for (const container of this.#state.alive()) end(this.#state, container, EXIT_KILLED);
      renewBridge(this.#state);
    }
    await this.#server.listen();
  }

  /** Lets hung requests go on. */
  release(): void {
    this.#server.release();
  }

  /** Kills a running container from outside, as the machine's owner could. */
  kill(name: string): void {
    this.exit(name, EXIT_KILLED);
  }

  /** Kills a running container as the kernel does when its memory is used up. */
  runOutOfMemory(name: string): void {
    end(this.#state, this.#alive(name), EXIT_KILLED, true);
  }

  /** Ends a running container as if its program had. */
  exit(name: string, exitCode: number): void {
    end(this.#state, this.#alive(name), exitCode);
  }

  write(name: string, stream: Line["stream"], text: string): void {
    write(this.#state, this.#alive(name), stream, text);
  }

  /** Gives an image labels, which its next containers take over. */
  labelImage(reference: string, labels: Readonly<Record<string, string>>): void {
    const image = this.#state.images.get(reference);
    if (image === undefined) throw new Error(`the fake engine has no image "${reference}"`);
    addImage(this.#state.images, { ...image, labels });
  }

  /** Takes a port of the host, as `20000/tcp`, as a program outside the engine would. */
  holdPort(port: string): void {
    this.#state.heldPorts.add(port);
  }

  /** What the container uses from now on. */
  setLoad(name: string, load: Load): void {
    this.#state.needContainer(name).usage.change(this.#state.passed(), load);
  }

  /** What the container's health check has found. */
  setHealth(name: string, health: Health): void {
    this.#alive(name).health = health;
  }

  /** Puts a file into a volume, as a program would. */
  writeFile(volume: string, file: string): void {
    const found = this.#state.volumes.get(volume);
    if (found === undefined) throw new Error(`the fake engine has no volume "${volume}"`);
    found.files.push(file);
  }

  #alive(name: string): FakeContainer {
    this.#state.agenda.settle();
    const container = this.#state.needContainer(name);
    if (container.pid === null) throw new Error(`container "${name}" does not run`);
    return container;
  }
}

function imagesOf(images: FakeEngineOptions["images"]): readonly FakeImage[] {
  return Object.entries(images ?? {}).map(([reference, command]) => {
    const id = `sha256:${createHash("sha256").update(reference).digest("hex")}`;
    return { id, reference, command, labels: {}, size: IMAGE_BYTES, taggedAt: 0 };
  });
}
