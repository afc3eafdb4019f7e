// SPDX-License-Identifier: Apache-2.0
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { IsolationTier } from "@berth/sdk";
import { expect } from "chai";
import { containerName, networkName } from "../../orchestrator/src/domain/names.ts";
import type { ServiceSpec } from "../../orchestrator/src/domain/workload.ts";
import { collect, patient, run, service, sweep } from "../../orchestrator/src/runtime/contract-fixtures.ts";
import { pidsLimit } from "../../orchestrator/src/runtime/docker/confinement.ts";
import { newIdentity } from "../../orchestrator/src/runtime/docker/docker-fixtures.ts";
import {
  createDockerRuntime,
  type DockerRuntime,
} from "../../orchestrator/src/runtime/docker/docker-runtime.ts";
import { ensureHelloImage, HELLO_IMAGE } from "../../scripts/images/build-hello.ts";
import { HardenedEngine, hasRunsc } from "../helpers/hardened-engine.ts";
import { LatencyProbe, medianOf } from "../helpers/latency-probe.ts";
import { requireOwnEngine } from "../helpers/own-engine.ts";

const MIB = 1024 * 1024;
const NEIGHBOUR = 1n;
const ATTACKER = 2n;
/** Whoever connects is told a word. */
const ANSWER = ["busybox", "nc", "-ll", "-p", "8080", "-e", "echo", "well"];
const LIMITS = { memoryMiB: 96, cpuMillis: 250, pids: 64 };
/**
 * Measured without the attacker and with him, in short turns, so that what else the machine does weighs on both alike. The law is about the
 * median of the turns' ratios: an odd number of them, so that it is one that was measured, and most must hold.
 */
const TURNS = 7;
const REQUESTS = 20;
const LOOK_EVERY = 3;
const MOST = 2;
/** Milliseconds for which an attack may unfold before it is measured, and until it must have met its limit. */
const UNFOLD = 1_500;
const PATIENCE = 60_000;

interface Sight {
  readonly log: string;
  readonly processes: number;
  readonly memoryBytes: number;
  /** Thousandths of a core, over a second. */
  readonly cpuMillis: number;
  readonly logBytes: number;
  readonly hasEnded: boolean;
}

interface Attack {
  readonly name: string;
  readonly script: string;
  /** Whether the attack has met its limit. */
  readonly hasMet: (sight: Sight) => boolean;
  /** What it must not get beyond. */
  readonly bound: (sight: Sight, tier: IsolationTier) => void;
}

const ATTACKS: readonly Attack[] = [
  {
    name: "a fork bomb",
    script: "while :; do (while :; do sleep 30 & done); done",
    hasMet: ({ log }) => log.includes("can't fork"),
    bound: ({ processes }, tier) =>
      expect(processes).to.be.at.most(pidsLimit(service(HELLO_IMAGE, LIMITS), tier)),
  },
  {
    name: "a memory hog",
    script: "while :; do busybox tail /dev/zero; echo again; done",
    hasMet: ({ log, hasEnded }) => hasEnded || log.includes("again"),
    bound: ({ memoryBytes }) => expect(memoryBytes).to.be.at.most(LIMITS.memoryMiB * MIB),
  },
  {
    name: "a flood of open files",
    script:
      "for n in 1 2 3 4; do busybox yes /etc/passwd | busybox head -n 4500 | " +
      "busybox xargs -s 100000 -n 4500 busybox tail -n 0 -f >/dev/null & done; wait",
    hasMet: ({ log }) => /Too many open files|No file descriptors available/.test(log),
    bound: ({ memoryBytes }) => expect(memoryBytes).to.be.at.most(LIMITS.memoryMiB * MIB),
  },
  {
    name: "a flood of lines",
    script: "busybox yes 'all work and no play makes a full disk'",
    hasMet: ({ logBytes }) => logBytes > MIB,
    bound: ({ logBytes }) => expect(logBytes).to.be.at.most(31 * MIB),
  },
  {
    name: "a hog of processors",
    script: "for n in 1 2 3 4 5 6 7 8; do while :; do :; done & done; wait",
    hasMet: ({ cpuMillis }) => cpuMillis > LIMITS.cpuMillis / 5,
    bound: ({ cpuMillis }) => expect(cpuMillis).to.be.at.most(LIMITS.cpuMillis * 1.3),
  },
];

/** One machine with a workload that answers, and another that attacks it. */
class Scene {
  readonly identity = newIdentity();
  readonly own: HardenedEngine;
  readonly runtime: DockerRuntime;
  readonly tier: IsolationTier;
  #probe: LatencyProbe | null = null;

  private constructor(own: HardenedEngine, tier: IsolationTier) {
    this.own = own;
    this.tier = tier;
    const options = {
      publishAddress: "127.0.0.1",
      subnetPool: "10.205.0.0/24",
      monotonic: () => performance.now(),
    };
    this.runtime = createDockerRuntime({ ...options, identity: this.identity, socketPath: own.socketPath });
  }

  static async set(tier: IsolationTier): Promise<Scene> {
    const scene = new Scene(await HardenedEngine.start({ gvisor: tier === "gvisor" }), tier);
    await ensureHelloImage(AbortSignal.timeout(60_000), scene.own.engine);
    const neighbour = service(HELLO_IMAGE, { cpuMillis: 1_000, memoryMiB: 256, pids: 256, command: ANSWER });
    await run(scene.runtime, NEIGHBOUR, neighbour, tier);
    const network = networkName(scene.identity, NEIGHBOUR);
    const address = (await scene.#inspect(NEIGHBOUR)).NetworkSettings.Networks[network]?.IPAddress;
    scene.#probe = new LatencyProbe(scene.own.inItsNetwork(), address ?? "", 8080);
    await scene.measure();
    return scene;
  }

  async strike(): Promise<void> {
    this.#probe?.close();
    await sweep(this.runtime);
    await this.own.takeDown();
  }

  async measure(): Promise<readonly number[]> {
    if (this.#probe === null) throw new Error("the scene is not set");
    return this.#probe.measure(REQUESTS);
  }

  async attack(script: string): Promise<void> {
    const spec: Partial<ServiceSpec> = { ...LIMITS, command: ["sh", "-c", script], ports: [] };
    await run(this.runtime, ATTACKER, service(HELLO_IMAGE, spec), this.tier);
    await delay(UNFOLD);
  }

  async relieve(): Promise<void> {
    await this.runtime.removeContainer(ATTACKER, "web", patient());
    await this.runtime.removeNetwork(ATTACKER, patient());
  }

  async look(): Promise<Sight> {
    const { docker } = this.own.engine;
    const { Id, State } = await this.#inspect(ATTACKER);
    const stats = await docker.getContainer(Id).stats({ stream: false });
    const used = stats.cpu_stats.cpu_usage.total_usage - stats.precpu_stats.cpu_usage.total_usage;
    const seconds = (Date.parse(stats.read) - Date.parse(stats.preread)) / 1_000;
    const lines = await collect(
      this.runtime.logs(ATTACKER, { service: "web", tail: 200, follow: false }, patient()),
    );
    const folder = this.own.logFolderOf(Id);
    return {
      log: lines.map(({ text }) => text).join("\n"),
      processes: stats.pids_stats?.current ?? 0,
      memoryBytes: stats.memory_stats.usage ?? 0,
      cpuMillis: used / 1e6 / seconds,
      logBytes: readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
      hasEnded: !State.Running,
    };
  }

  #inspect(leaseId: bigint) {
    return this.own.engine.docker.getContainer(containerName(this.identity, leaseId, "web")).inspect();
  }
}

/** How much later the neighbour answers while it is attacked, turn by turn: each time the ratio of two medians. */
async function slowdowns(scene: Scene, attack: Attack): Promise<readonly number[]> {
  const ratios: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const quiet = medianOf(await scene.measure());
    await scene.attack(attack.script);
    try {
      ratios.push(medianOf(await scene.measure()) / quiet);
      if (turn % LOOK_EVERY === 0) await meetLimit(scene, attack);
    } finally {
      await scene.relieve();
    }
  }
  return ratios;
}

/** The attack goes as far as its limit, and no further. */
async function meetLimit(scene: Scene, { hasMet, bound }: Attack): Promise<void> {
  const until = Date.now() + PATIENCE;
  let sight = await scene.look();
  while (!hasMet(sight) && Date.now() < until) {
    bound(sight, scene.tier);
    sight = await scene.look();
  }
  bound(sight, scene.tier);
  expect(hasMet(sight), `the attack met no limit: ${JSON.stringify(sight)}`).to.equal(true);
}

for (const tier of ["runc", "gvisor"] as const) {
  describe(`a neighbour on the tier ${tier}`, function () {
    this.timeout(400_000);
    let scene: Scene;
    before(async function () {
      requireOwnEngine(this);
      if (tier === "gvisor" && !hasRunsc()) this.skip();
      scene = await Scene.set(tier);
    });
    after(() => scene?.strike());

    for (const attack of ATTACKS) {
      it(`answers half as fast at worst beside ${attack.name}, which gets no further than its limits`, async () => {
        const ratios = await slowdowns(scene, attack);
        const shown = ratios.map((ratio) => ratio.toFixed(2)).join(", ");
        console.log(`        ${attack.name} on ${tier}: ${medianOf(ratios).toFixed(2)} times, of ${shown}`);
        expect(medianOf(ratios), shown).to.be.at.most(MOST);
      });
    }
  });
}
