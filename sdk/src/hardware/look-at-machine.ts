// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { unreadable } from "./hardware-errors.ts";
import type { Gpu, Inventory } from "./inventory.ts";
import { NVIDIA_SMI_ARGUMENTS, parseNvidiaSmi } from "./nvidia-smi.ts";
import { parseRocmSmi, ROCM_SMI_ARGUMENTS } from "./rocm-smi.ts";

/** Milliseconds that a vendor's tool may take. */
const LIMIT_MS = 10_000;
const MOST_OUTPUT = 1 << 20;
const BYTES_PER_MIB = 2 ** 20;
const MILLIS_PER_CORE = 1_000;

/** Runs a program and answers what it writes; null where there is no such program. */
export type RunTool = (tool: string, args: readonly string[], signal: AbortSignal) => Promise<string | null>;

/**
 * What this machine has; storage is that of the folder's file system. A machine without the tool of a vendor has none of his GPUs;
 * RetryableError E_GPUS_UNREADABLE where the tool is there and does not tell.
 */
export async function lookAtMachine(
  folder: string,
  signal: AbortSignal,
  run: RunTool = runTool,
): Promise<Inventory> {
  const { blocks, bsize } = await statfs(folder);
  return {
    cpuMillis: availableParallelism() * MILLIS_PER_CORE,
    memoryMiB: Math.floor(totalmem() / BYTES_PER_MIB),
    storageMiB: Math.floor((blocks * bsize) / BYTES_PER_MIB),
    gpus: await lookAtGpus(run, signal),
  };
}

/** The GPUs of this machine, of every vendor. */
export async function lookAtGpus(run: RunTool, signal: AbortSignal): Promise<readonly Gpu[]> {
  const [nvidia, amd] = await Promise.all([
    run("nvidia-smi", NVIDIA_SMI_ARGUMENTS, signal),
    run("rocm-smi", ROCM_SMI_ARGUMENTS, signal),
  ]);
  return [...(nvidia === null ? [] : parseNvidiaSmi(nvidia)), ...(amd === null ? [] : parseRocmSmi(amd))];
}

/** Runs a vendor's tool with a deadline. */
export const runTool: RunTool = (tool, args, signal) =>
  new Promise((resolve, reject) => {
    const options = { timeout: LIMIT_MS, killSignal: "SIGKILL", maxBuffer: MOST_OUTPUT, signal } as const;
    execFile(tool, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (error.code === "ENOENT") return resolve(null);
      if (/^No devices were found/i.test(stdout)) return resolve("");
      const said = `${stderr}${stdout}`.trim().split("\n")[0] ?? "";
      const why = error.killed === true ? `it took longer than ${LIMIT_MS} ms` : said || String(error.code);
      return reject(unreadable(tool, why.slice(0, 200), error));
    });
  });
