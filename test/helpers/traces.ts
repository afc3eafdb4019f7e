// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const END_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** What an engine with this folder has left on the machine: processes, mounts and the folder itself, in words. */
export function tracesOf(folder: string): readonly string[] {
  const processes = processesOf(folder).map((pid) => `process ${pid}`);
  const mounts = mountsUnder(folder).map((mount) => `mount ${mount}`);
  return [...processes, ...mounts, ...(existsSync(folder) ? [folder] : [])];
}

/** Ends whatever an engine with this folder started and did not end: its own helpers, and the containers that outlived it. */
export async function endProcesses(folder: string): Promise<void> {
  const until = Date.now() + END_MS;
  for (let found = processesOf(folder); found.length > 0 && Date.now() < until; found = processesOf(folder)) {
    for (const pid of found) kill(pid);
    await delay(LOOK_EVERY_MS);
  }
}

/** Takes down what is mounted in the folder, the innermost first. */
export function removeTree(folder: string): void {
  for (const mount of [...mountsUnder(folder)].sort().reverse()) spawnSync("umount", ["-l", mount]);
}

/** Processes that name the folder in their command line, and those in the containers that such a process keeps. */
function processesOf(folder: string): readonly number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const own = all.filter((pid) => Number(pid) !== process.pid && read(pid, "cmdline").includes(folder));
  const containers = own.flatMap((pid) => /-id\0([0-9a-f]{64})/.exec(read(pid, "cmdline"))?.[1] ?? []);
  const inContainers = all.filter((pid) => containers.some((id) => read(pid, "cgroup").includes(id)));
  return [...new Set([...inContainers, ...own])].map(Number);
}

function mountsUnder(folder: string): readonly string[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return lines.flatMap((line) => line.split(" ")[4] ?? []).filter((mount) => mount.startsWith(`${folder}/`));
}

function read(pid: string, name: "cmdline" | "cgroup"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return;
  }
}
