// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a process has used, as the kernel tells it. */
export interface ProcessUse {
  /** Seconds of processor time, its own and the kernel's for it. */
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  /** The most that it ever had. */
  readonly peakRssMiB: number;
}

const KIB_PER_MIB = 1_024;
/** Places of utime and stime behind the name of the program. */
const [USER, SYSTEM] = [11, 12];

export function processUse(pid: number): ProcessUse {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mebibytes = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / KIB_PER_MIB);
  return {
    cpuSeconds: (Number(fields[USER]) + Number(fields[SYSTEM])) / ticksPerSecond(),
    rssMiB: mebibytes("VmRSS"),
    peakRssMiB: mebibytes("VmHWM"),
  };
}

function ticksPerSecond(): number {
  return Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
}
