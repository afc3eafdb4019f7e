// SPDX-License-Identifier: Apache-2.0
import type { Dice } from "../differential/dice.ts";
import type { FakeDockerEngine } from "../fake-engine/fake-engine.ts";
import type { Daemon } from "./daemon.ts";
import type { RpcEndpoint } from "./rpc-endpoint.ts";
import type { Span } from "./served.ts";
import type { Stage } from "./stage.ts";
import type { Touches } from "./touches.ts";

export interface MishapsOptions {
  readonly stage: Stage;
  readonly dice: Dice;
  readonly engine: FakeDockerEngine;
  readonly endpoints: readonly RpcEndpoint[];
  readonly daemon: Daemon;
  readonly touches: Touches;
}

const [SECOND, HOUR] = [1_000, 3_600_000];
const DAY = 24 * HOUR;
/** Within which the daemon has to end when it is asked to. */
const STOP_WITHIN = 12 * SECOND;

/** How often a day, on the average: more than in most years, so that a few hours show something. */
const A_DAY = {
  daemonStops: 10,
  daemonCuts: 10,
  engineRestarts: 5,
  crashes: 16,
  darkHours: 3,
  clockSteps: 10,
};

/** What befalls machine and network as a whole, now and then. */
export class Mishaps {
  readonly #options: MishapsOptions;
  readonly violations: string[] = [];
  readonly darkness: Span[] = [];
  readonly happened: Record<keyof typeof A_DAY, number> = {
    daemonStops: 0,
    daemonCuts: 0,
    engineRestarts: 0,
    crashes: 0,
    darkHours: 0,
    clockSteps: 0,
  };

  constructor(options: MishapsOptions) {
    this.#options = options;
  }

  /** Plans them over the milliseconds to come. */
  plan(within: number): void {
    const acts: Record<keyof typeof A_DAY, () => void> = {
      daemonStops: () => this.#restartDaemon(),
      daemonCuts: () => void this.#cutDaemon(),
      engineRestarts: () => void this.#restartEngine(),
      crashes: () => this.#crash(),
      darkHours: () => this.#darken(),
      clockSteps: () => this.#setClock(),
    };
    const { stage, dice } = this.#options;
    for (const [name, act] of Object.entries(acts)) {
      const kind = name as keyof typeof A_DAY;
      const count = Math.floor((A_DAY[kind] * within) / DAY + dice.below(1_000) / 1_000);
      for (let each = 0; each < count; each += 1) {
        stage.after(dice.below(within), () => {
          this.happened[kind] += 1;
          act();
          return Promise.resolve();
        });
      }
    }
  }

  #restartDaemon(): void {
    const { stage, daemon } = this.#options;
    if (daemon.isOver) return;
    daemon.stop();
    stage.after(STOP_WITHIN, () => this.#startAgain());
  }

  /** As if its process were killed: nothing that it had begun gets any further. */
  async #cutDaemon(): Promise<void> {
    const { stage, daemon, endpoints, engine } = this.#options;
    if (daemon.isOver) return;
    const wasDark = endpoints.map(({ isDark }) => isDark);
    for (const endpoint of endpoints) endpoint.cut();
    await engine.darken();
    daemon.stop();
    stage.after(STOP_WITHIN, async () => {
      endpoints.forEach((endpoint, index) => (endpoint.isDark = wasDark[index] ?? false));
      await engine.lighten();
      await this.#startAgain();
    });
  }

  async #startAgain(): Promise<void> {
    const { daemon } = this.#options;
    if (!daemon.isOver) this.violations.push("the daemon did not end within ten seconds of being asked to");
    else daemon.start();
    await Promise.resolve();
  }

  async #restartEngine(): Promise<void> {
    const { stage, dice, engine } = this.#options;
    await engine.darken();
    const liveRestore = dice.chance(0.5);
    stage.after(5 * SECOND + dice.below(120 * SECOND), () => engine.restart({ liveRestore }));
  }

  /** A program ends that should go on. */
  #crash(): void {
    const { dice, engine } = this.#options;
    const running = engine.truth.running().filter(({ isFrozen }) => !isFrozen);
    if (running.length === 0) return;
    const { name } = dice.pick(running);
    if (dice.chance(0.3)) engine.runOutOfMemory(name);
    else engine.exit(name, dice.below(3));
  }

  /** The machine's wall clock jumps by an hour, and a while later somebody puts it right. Nothing else notices. */
  #setClock(): void {
    const { stage, dice } = this.#options;
    const step = dice.chance(0.5) ? HOUR : -HOUR;
    stage.time.setWallClock(step);
    stage.after(SECOND + dice.below(20 * 60 * SECOND), () => {
      stage.time.setWallClock(-step);
      return Promise.resolve();
    });
  }

  #darken(): void {
    const { stage, endpoints, touches } = this.#options;
    for (const endpoint of endpoints) endpoint.cut();
    const from = stage.time.now();
    touches.darkSince = from;
    this.darkness.push({ from, until: from + HOUR });
    stage.after(HOUR, () => {
      for (const endpoint of endpoints) endpoint.isDark = false;
      touches.darkSince = null;
      return Promise.resolve();
    });
  }
}
