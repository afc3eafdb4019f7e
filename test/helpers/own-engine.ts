// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "mocha";
import { connectEngine, type Engine } from "../../orchestrator/src/runtime/docker/client.ts";
import { endProcesses, removeTree, tracesOf } from "./traces.ts";

const START_MS = 60_000;
const STOP_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Skips where no own engine can be had: it needs Linux, root, and the engine's programs. Fails there when one is required. */
export function requireOwnEngine(context: Context): void {
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
  if (isRoot && ["dockerd", "unshare", "nsenter"].every(has)) return;
  if (process.env["BERTH_REQUIRE_DOCKER"] === "1")
    throw new Error("an engine of one's own needs root on Linux, dockerd, unshare and nsenter");
  context.skip();
}

/**
 * A Docker Engine of a test's own, to be killed, stopped and started again: with its own data, socket and network namespace, so that
 * the machine's engine, its bridge and its firewall rules never meet it.
 */
export class OwnEngine {
  readonly engine: Engine;
  readonly socketPath: string;
  readonly #folder: string;
  readonly #namespace: ChildProcess;
  #daemon: ChildProcess | null = null;
  readonly #onExit = (): void => {
    this.#daemon?.kill("SIGKILL");
    this.#namespace.kill("SIGKILL");
  };

  private constructor(folder: string) {
    this.#folder = folder;
    this.socketPath = join(folder, "engine.sock");
    this.engine = connectEngine({ socketPath: this.socketPath });
    const script = `ip link set lo up && echo ready && exec sleep 1000000`;
    this.#namespace = spawn("unshare", ["-n", "sh", "-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    process.once("exit", this.#onExit);
  }

  /** Starts one; with `liveRestore` its containers outlive it. */
  static async start(liveRestore: boolean): Promise<OwnEngine> {
    const own = new OwnEngine(mkdtempSync(join(tmpdir(), "berth-engine-")));
    try {
      await new Promise<void>((resolve, reject) => {
        own.#namespace.stdout?.once("data", () => resolve());
        own.#namespace.once("error", reject).once("exit", () => reject(new Error("no network namespace")));
      });
      writeFileSync(join(own.#folder, "config.json"), JSON.stringify({ "live-restore": liveRestore }));
      await own.restart();
      return own;
    } catch (error) {
      await own.takeDown();
      throw error;
    }
  }

  /** Starts the daemon, that was killed or never started, and waits until it answers. */
  async restart(): Promise<void> {
    const at = (name: string): string => join(this.#folder, name);
    const paths = ["--config-file", at("config.json"), "--data-root", at("data"), "--exec-root", at("exec")];
    const own = ["--host", `unix://${this.socketPath}`, "--pidfile", at("pid")];
    const containerd = [
      "--containerd-namespace",
      "berth-test",
      "--containerd-plugins-namespace",
      "berth-test-plugins",
    ];
    const namespace = ["-t", String(this.#namespace.pid), "-n"];
    const log = openSync(at("log"), "a");
    this.#daemon = spawn("nsenter", [...namespace, "dockerd", ...paths, ...own, ...containerd], {
      stdio: ["ignore", log, log],
    });
    const until = Date.now() + START_MS;
    while (Date.now() < until && this.#daemon.exitCode === null) {
      if (await this.answers()) return;
      await delay(LOOK_EVERY_MS);
    }
    throw new Error(`the engine did not come up:\n${readFileSync(at("log"), "utf8").slice(-2_000)}`);
  }

  async answers(): Promise<boolean> {
    const ping = this.engine.docker.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([ping, delay(1_000, false)]);
  }

  /** Ends the daemon as a power cut would; its containers go on until the next one has started. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** The daemon takes connections and answers none of them. */
  hang(): void {
    this.#daemon?.kill("SIGSTOP");
  }

  goOn(): void {
    this.#daemon?.kill("SIGCONT");
  }

  /** Runs the words in a running container and answers what they print. */
  async runIn(containerId: string, ...words: readonly string[]): Promise<string> {
    const exec = await this.engine.docker
      .getContainer(containerId)
      .exec({ Cmd: [...words], AttachStdout: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(Buffer.from(part as Uint8Array));
    return Buffer.concat(parts).toString("utf8").replaceAll("\r", "");
  }

  /** Ends all of it and leaves nothing: no process, no mount, no folder. Throws, naming what stayed. */
  async takeDown(): Promise<void> {
    this.goOn();
    if (await this.answers()) await this.#removeContainers();
    await this.#end("SIGTERM");
    await endProcesses(this.#folder);
    this.#namespace.kill("SIGKILL");
    removeTree(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
    process.removeListener("exit", this.#onExit);
    const left = tracesOf(this.#folder);
    if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
  }

  async #removeContainers(): Promise<void> {
    const containers = await this.engine.docker.listContainers({ all: true });
    for (const { Id } of containers)
      await this.engine.docker.getContainer(Id).remove({ force: true, v: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
    daemon.kill(signal);
    const forced = setTimeout(() => void daemon.kill("SIGKILL"), STOP_MS);
    await exited;
    clearTimeout(forced);
  }
}
