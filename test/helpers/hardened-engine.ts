// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connectEngine, type Engine } from "../../orchestrator/src/runtime/docker/client.ts";
import { endProcesses, removeTree, tracesOf } from "./traces.ts";

const START_MS = 60_000;
const STOP_MS = 30_000;
const LOOK_EVERY_MS = 100;
/** Users of the machine that containers' users are mapped to: far above people. */
export const MAPPED_FROM = 1_000_000;

/** What an engine is set up for beyond plain containers. */
export interface Hardening {
  /** Maps the users of containers, as `userns-remap` in a provider's daemon.json does. */
  readonly mapsUsers?: boolean;
  /** Knows gVisor under the name runsc. Its own network sandbox cannot tell a test's network namespace from the machine's. */
  readonly gvisor?: boolean;
}

export function hasRunsc(): boolean {
  return spawnSync("runsc", ["--version"]).status === 0;
}

/**
 * A Docker Engine of a test's own that is set up as a provider's would be, with its own data, socket, network and view of
 * /etc/passwd: the machine's engine and its users never meet it.
 */
export class HardenedEngine {
  readonly engine: Engine;
  readonly socketPath: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "berth-hardened-"));
  #daemon: ChildProcess | null = null;
  readonly #onExit = (): void => void this.#daemon?.kill("SIGKILL");

  private constructor() {
    chmodSync(this.#folder, 0o711);
    this.socketPath = join(this.#folder, "engine.sock");
    this.engine = connectEngine({ socketPath: this.socketPath });
    process.once("exit", this.#onExit);
  }

  static async start(hardening: Hardening): Promise<HardenedEngine> {
    const own = new HardenedEngine();
    try {
      await own.#start(hardening);
      return own;
    } catch (error) {
      await own.takeDown();
      throw error;
    }
  }

  /** Words that run a program in the engine's own network. */
  inItsNetwork(...words: readonly string[]): readonly string[] {
    return ["nsenter", "-t", String(this.#daemon?.pid), "-n", ...words];
  }

  /** Where the engine keeps what a container has logged. */
  logFolderOf(containerId: string): string {
    return join(this.#folder, "data", "containers", containerId, "local-logs");
  }

  async takeDown(): Promise<void> {
    if (await this.#answers()) {
      const { docker } = this.engine;
      for (const { Id } of await docker.listContainers({ all: true }))
        await docker.getContainer(Id).remove({ force: true, v: true });
    }
    await this.#end();
    await endProcesses(this.#folder);
    removeTree(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
    process.removeListener("exit", this.#onExit);
    const left = tracesOf(this.#folder);
    if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
  }

  async #start({ mapsUsers = false, gvisor = false }: Hardening): Promise<void> {
    const at = (name: string): string => join(this.#folder, name);
    const config = {
      "live-restore": true,
      ...(mapsUsers ? { "userns-remap": "default" } : {}),
      ...(gvisor ? { runtimes: { runsc: { path: "/usr/bin/runsc", runtimeArgs: ["--network=host"] } } } : {}),
    };
    writeFileSync(at("config.json"), JSON.stringify(config));
    if (mapsUsers) writeUsers(at("etc"));
    const bind = mapsUsers
      ? `for f in passwd group subuid subgid; do mount --bind ${at("etc")}/$f /etc/$f; done`
      : "true";
    const name = this.#folder.split("-").at(-1) ?? "";
    const dockerd = [
      ...[
        "dockerd",
        "--config-file",
        at("config.json"),
        "--data-root",
        at("data"),
        "--exec-root",
        at("exec"),
      ],
      ...["--host", `unix://${this.socketPath}`, "--pidfile", at("pid")],
      ...[
        "--containerd-namespace",
        `berth-${name}`,
        "--containerd-plugins-namespace",
        `berth-${name}-plugins`,
      ],
    ];
    const script = `set -e; ip link set lo up; ${bind}; exec "$@"`;
    const log = openSync(at("log"), "a");
    this.#daemon = spawn("unshare", ["-nm", "sh", "-c", script, "sh", ...dockerd], {
      stdio: ["ignore", log, log],
    });
    const until = Date.now() + START_MS;
    while (Date.now() < until && this.#daemon.exitCode === null) {
      if (await this.#answers()) return;
      await delay(LOOK_EVERY_MS);
    }
    throw new Error(`the engine did not come up:\n${readFileSync(at("log"), "utf8").slice(-2_000)}`);
  }

  async #answers(): Promise<boolean> {
    const ping = this.engine.docker.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([ping, delay(1_000, false)]);
  }

  async #end(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => daemon.once("exit", () => resolve()));
    daemon.kill("SIGTERM");
    const forced = setTimeout(() => void daemon.kill("SIGKILL"), STOP_MS);
    await exited;
    clearTimeout(forced);
  }
}

/** The machine's users and the one that the engine maps by, without touching the machine's own files. */
function writeUsers(folder: string): void {
  mkdirSync(folder);
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("passwd", `${readFileSync("/etc/passwd", "utf8")}dockremap:x:65100:65100::/:/bin/false\n`);
  write("group", `${readFileSync("/etc/group", "utf8")}dockremap:x:65100:\n`);
  for (const name of ["subuid", "subgid"]) write(name, `dockremap:${MAPPED_FROM}:65536\n`);
}
