// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Shell } from "./shell.ts";
import { failed } from "./errors.ts";

/**
 * Listens on a free port and tells it; then, for each line `number address port milliseconds`, tries to connect and tells the number
 * and what came of it. A refusal came from the address itself, and counts as having reached it. Ends with its input, so that none
 * outlives the daemon.
 */
const PROGRAM = `
const net = require("node:net");
const tell = (word) => process.stdout.write(word + "\\n");
const server = net.createServer((socket) => socket.on("error", () => undefined).end());
server.listen(0, () => tell(String(server.address().port)));
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [number, host, port, patience] = line.split(" ");
  const socket = net.connect({ host, port: Number(port) });
  let told = false;
  const end = (word) => {
    if (!told) tell(number + " " + word);
    told = true;
    socket.destroy();
  };
  setTimeout(() => end("closed"), Number(patience));
  socket.once("connect", () => end("reached"));
  socket.once("error", (error) => end(error.code === "ECONNREFUSED" ? "reached" : "closed"));
}).once("close", () => process.exit(0));
`;

export type Outcome = "reached" | "closed";

/** A process that listens, and connects where it is told to: real packets, from the network that it lives in. */
export class Peer {
  readonly pid: number;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<string, (outcome: Outcome | null) => void>();
  #tried = 0;
  #hasEnded = false;

  private constructor(child: ChildProcess, lines: Interface, pid: number, port: number) {
    this.#child = child;
    this.pid = pid;
    this.port = port;
    lines.on("line", (line) => this.#hear(line)).once("close", () => this.#over());
  }

  /** Starts one in this machine's network, or in one of its own that goes with it. */
  static async start(shell: Shell, place: "here" | "apart", signal: AbortSignal): Promise<Peer> {
    const words = [...(place === "apart" ? ["unshare", "-n"] : []), process.execPath, "-e", PROGRAM];
    const child = shell.spawn(words, signal);
    let stderr = "";
    child.stderr?.on("data", (part: Buffer) => (stderr += part.toString("utf8")));
    child.on("error", (error) => (stderr += error.message));
    child.stdin?.on("error", () => undefined);
    if (child.stdout === null) throw new TypeError("a program without pipes");
    const lines = createInterface({ input: child.stdout });
    const port = Number(await nextLine(lines));
    if (child.pid !== undefined && port > 0) return new Peer(child, lines, child.pid, port);
    signal.throwIfAborted();
    throw failed("make a network apart for the probe", { code: child.exitCode, stdout: "", stderr });
  }

  /** What comes of connecting to the address from here; null where the program has ended. */
  tries(address: string, port: number, patienceMs: number): Promise<Outcome | null> {
    if (this.#hasEnded) return Promise.resolve(null);
    const number = String((this.#tried += 1));
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.#child.stdin?.write(`${number} ${address} ${port} ${patienceMs}\n`);
    });
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }

  #hear(line: string): void {
    const [number = "", word] = line.split(" ");
    this.#waiting.get(number)?.(word === "reached" ? "reached" : "closed");
    this.#waiting.delete(number);
  }

  #over(): void {
    this.#hasEnded = true;
    for (const resolve of this.#waiting.values()) resolve(null);
  }
}

/** Null where the program has ended. */
function nextLine(lines: Interface): Promise<string | null> {
  return new Promise((resolve) => {
    const onLine = (line: string): void => done(line);
    const onClose = (): void => done(null);
    const done = (line: string | null): void => {
      lines.off("line", onLine).off("close", onClose);
      resolve(line);
    };
    lines.once("line", onLine).once("close", onClose);
  });
}
