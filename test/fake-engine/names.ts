// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

const FIRST_PID = 1_000;
const FIRST_PORT = 32_768;
const LAST_PORT = 60_999;

/** The engine's ids, process numbers and host ports: the same for the same seed and the same order of requests. */
export class Names {
  readonly #seed: string;
  #ids = 0;
  #pids = FIRST_PID;
  #ports = FIRST_PORT;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** 64 hexadecimal digits. */
  id(): string {
    this.#ids += 1;
    return createHash("sha256").update(`${this.#seed}/${this.#ids}`).digest("hex");
  }

  pid(): number {
    this.#pids += 1;
    return this.#pids;
  }

  /** A port of the range that the kernel gives out; it begins again when that is used up. */
  port(): number {
    const port = this.#ports;
    this.#ports = port === LAST_PORT ? FIRST_PORT : port + 1;
    return port;
  }
}
