// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  createGatewayClient,
  type GatewayClient,
  manifestHash,
  type ManifestDocument,
  marketCalls,
  newManifestDocument,
  parseCompose,
  sendCall,
} from "@berth/sdk";
import { expect } from "chai";
import type { Context } from "mocha";
import { bytesToHex } from "viem";
import type { VolumeCrashPoint } from "../../../orchestrator/src/crashpoint.ts";
import { parseMountTable } from "../../../orchestrator/src/runtime/docker/disk/mount-table.ts";
import { localAccounts } from "../../../scripts/demonstration/accounts.ts";
import { fillPurse, openDirectly } from "../../../scripts/demonstration/direct-lease.ts";
import { spawnOrchestrator, startOrchestrator } from "../../../scripts/demonstration/orchestrator.ts";
import type { Stage } from "../../../scripts/demonstration/stage.ts";
import { closeLease } from "../../../scripts/demonstration/tenant.ts";
import { ensureHelloImage } from "../../../scripts/images/build-hello.ts";
import { OwnEngine, requireOwnEngine } from "../own-engine.ts";
import { eventually, standStage, type StandingStage } from "../stage.ts";

const PATIENCE_MS = 120_000;
/** How often a daemon comes to a point while it tries, at its start, whether volumes can be bounded. */
const OF_PROOF: Partial<Record<VolumeCrashPoint, number>> = {
  "volume-formatted": 1,
  "volume-image-made": 1,
  "volume-mounted": 1,
  "volume-unmounted": 2,
};

/** A lease of the scene's tenant, and what it runs now. */
export interface VolumeLease {
  readonly leaseId: bigint;
  readonly gateway: GatewayClient;
}

/** A service that notes each of its starts on a volume of this size, and rests. */
export function keeperOf(size: string): ManifestDocument {
  const manifest = parseCompose(
    `name: keeper
services:
  web:
    image: berth/hello:local
    init: true
    command: ["sh", "-c", "echo started >> /data/starts; exec sleep 1000000"]
    volumes: ["data:/data"]
    restart: always
    deploy: { resources: { limits: { cpus: "0.25", memory: 64M } } }
volumes:
  data: { x-berth: { size: ${size} } }
`,
    { environment: {} },
  );
  return newManifestDocument(manifest, bytesToHex(randomBytes(32)));
}

/** A daemon that bounds volumes, on an engine of the test's own. */
export class VolumeScene {
  readonly own: OwnEngine;
  readonly standing: StandingStage;

  private constructor(own: OwnEngine, standing: StandingStage) {
    this.own = own;
    this.standing = standing;
    process.once("exit", () => this.loseMounts());
  }

  static async set(context: Context): Promise<VolumeScene> {
    requireOwnEngine(context);
    if (!existsSync("/dev/loop-control")) context.skip();
    const standing = await standStage(context);
    const own = await OwnEngine.start(false).catch(async (error: unknown) => {
      await standing.takeDown();
      throw error;
    });
    const scene = new VolumeScene(own, standing);
    try {
      await ensureHelloImage(new AbortController().signal, own.engine);
      await standing.stage.orchestrator.stop();
      await fillPurse(standing.stage);
      await scene.startDaemon();
      return scene;
    } catch (error) {
      await scene.strike();
      throw error;
    }
  }

  get stage(): Stage {
    return this.standing.stage;
  }

  /** Where the daemon keeps volumes. */
  get folder(): string {
    return join(this.stage.daemon.folder, "volumes");
  }

  /** Leaves no engine, no mount and no loop device, whatever became of the test. */
  async strike(): Promise<void> {
    try {
      await this.stage.orchestrator.kill();
      await this.own.takeDown();
    } finally {
      this.loseMounts();
      await this.standing.takeDown();
    }
    expect(this.loops(), "loop devices that stayed").to.deep.equal([]);
  }

  async startDaemon(): Promise<void> {
    this.stage.orchestrator = await startOrchestrator({
      ...this.stage.daemon,
      environment: this.#environment(),
    });
  }

  /** Lets the work be done with a daemon that is to die at the point, waits until it has, and starts another. */
  async withMortal(point: VolumeCrashPoint, work: () => Promise<unknown>): Promise<void> {
    await this.stage.orchestrator.stop();
    const environment = {
      ...this.#environment(),
      BERTH_CRASHPOINT: `${point}:${1 + (OF_PROOF[point] ?? 0)}`,
    };
    const { process: child, exited, log } = spawnOrchestrator({ ...this.stage.daemon, environment });
    try {
      const working = work().catch(() => undefined);
      const late = delay(PATIENCE_MS, "late", { ref: false });
      if ((await Promise.race([exited, late])) === "late")
        throw new Error(`it never came to ${point}:\n${log()}`);
      expect(log().trimEnd().split("\n").at(-1)).to.equal(JSON.stringify({ crashpoint: point }));
      await working;
    } finally {
      child.kill("SIGKILL");
    }
    await this.startDaemon();
  }

  /** Ends the engine as a power cut would, with its containers, and starts it again. */
  async restartEngine(): Promise<void> {
    const pidFile = join(dirname(this.own.socketPath), "exec", "containerd", "containerd.pid");
    const pid = readFileSync(pidFile, "utf8").trim();
    await this.own.kill();
    await eventually("the engine's own daemon has ended", async () => !existsSync(`/proc/${pid}`));
    await this.own.restart();
  }

  async open(document: ManifestDocument): Promise<VolumeLease> {
    const { leaseId } = await openDirectly(this.stage, document);
    const { market } = this.stage.local;
    const gateway = createGatewayClient({
      endpoint: `http://127.0.0.1:${this.stage.daemon.gatewayPort}`,
      chainId: market.chainId,
      market: market.address,
      leaseId,
      signer: this.stage.local.walletOf(localAccounts.tenant),
      now: () => BigInt(Math.floor(Date.now() / 1_000)),
    });
    return { leaseId, gateway };
  }

  /** Opens a lease for the document and waits until it runs. */
  async serve(document: ManifestDocument): Promise<VolumeLease> {
    const lease = await this.open(document);
    await this.handOver(lease, document);
    await this.untilRunning(lease);
    return lease;
  }

  /** Hands the manifest over until the gateway takes it, or for the tries given. */
  async handOver({ gateway }: VolumeLease, document: ManifestDocument): Promise<void> {
    await eventually("the manifest is taken", () =>
      gateway.putManifest(document).then(
        () => true,
        () => false,
      ),
    );
  }

  /** Names another manifest for the lease on chain. */
  async rename({ leaseId }: VolumeLease, document: ManifestDocument): Promise<void> {
    const { client, contracts, walletOf } = this.stage.local;
    const call = marketCalls(contracts.market).setManifest(leaseId, manifestHash(document));
    await sendCall(walletOf(localAccounts.tenant), client, call);
  }

  async untilRunning({ gateway, leaseId }: VolumeLease): Promise<void> {
    await eventually(`lease ${leaseId} runs`, async () => {
      const status = await gateway.status().catch(() => null);
      return status?.status === "active" && status.phase === "running";
    });
  }

  async close({ leaseId }: VolumeLease): Promise<void> {
    await closeLease(this.stage, leaseId);
  }

  /** Runs the words in the lease's container and answers what they print. */
  async runIn({ leaseId }: VolumeLease, ...words: readonly string[]): Promise<string> {
    const filters = { label: [`berth.lease=${leaseId}`, "berth.service=web"] };
    const [found] = await this.own.engine.docker.listContainers({ filters });
    if (found === undefined) throw new Error(`no service of lease ${leaseId} runs`);
    return this.own.runIn(found.Id, ...words);
  }

  /** Files and mount points where the daemon keeps volumes. */
  held(): readonly string[] {
    return existsSync(this.folder) ? readdirSync(this.folder).sort() : [];
  }

  mounts(): readonly string[] {
    const table = parseMountTable(readFileSync("/proc/self/mountinfo", "utf8"));
    return table.map(({ path }) => path).filter((path) => path.startsWith(`${this.folder}/`));
  }

  /** Files of the folder that loop devices show. */
  loops(): readonly string[] {
    const { stdout } = spawnSync("losetup", ["--noheadings", "--output", "BACK-FILE"], { encoding: "utf8" });
    return stdout.split("\n").flatMap((line) => (line.trim().startsWith(this.folder) ? line.trim() : []));
  }

  /** As a restart of the machine leaves it: nothing is mounted. */
  loseMounts(): void {
    for (const mount of [...this.mounts()].reverse()) spawnSync("umount", ["-l", mount]);
  }

  #environment(): Readonly<Record<string, string>> {
    return { BERTH_DOCKER_SOCKET: this.own.socketPath, BERTH_VOLUME_QUOTA: "ext4" };
  }
}
