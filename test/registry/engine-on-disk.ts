// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OwnEngine } from "../helpers/own-engine.ts";
import { relayProgram } from "./hostile-proxy.ts";
import { LoopDisk } from "./loop-disk.ts";

/** An engine of a test's own whose data lie on a disk of its own, and which can be led to a registry. */
export class EngineOnDisk {
  readonly own: OwnEngine;
  readonly disk: LoopDisk;
  readonly #relays: ChildProcess[] = [];

  private constructor(own: OwnEngine, disk: LoopDisk) {
    this.own = own;
    this.disk = disk;
  }

  static async start(sizeMiB: number): Promise<EngineOnDisk> {
    const disk = new LoopDisk(sizeMiB);
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = disk.folder;
    try {
      return new EngineOnDisk(await OwnEngine.start(false), disk);
    } catch (error) {
      disk.takeDown();
      throw error;
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  }

  /** Where a proxy listens so that `lead` reaches it. */
  get folder(): string {
    return dirname(this.own.socketPath);
  }

  /** Makes `127.0.0.1:port` in the engine's network the proxy of its folder. */
  async lead(port: string): Promise<void> {
    const pid = readFileSync(join(this.folder, "pid"), "utf8").trim();
    const program = ["-t", pid, "-n", process.execPath, "-e", relayProgram(this.folder, port)];
    const relay = spawn("nsenter", program, { stdio: ["ignore", "pipe", "inherit"] });
    this.#relays.push(relay);
    await new Promise<void>((resolve, reject) => {
      relay.stdout.once("data", () => resolve());
      relay.once("exit", () => reject(new Error("the relay did not come up")));
    });
  }

  async takeDown(): Promise<void> {
    for (const relay of this.#relays) relay.kill("SIGKILL");
    await this.own.takeDown();
    this.disk.takeDown();
  }
}
