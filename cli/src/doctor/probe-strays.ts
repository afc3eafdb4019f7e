// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** A process that keeps a container for an engine which does not list it. */
export interface Stray {
  readonly pid: number;
  readonly containerId: string;
}

const KEEPER = "containerd-shim";
/** What Docker calls its own among the containers of containerd; those of Kubernetes and others are nobody's business here. */
const NAMESPACE = "moby";
const CONTAINER_ID = /(?:^|\/)([0-9a-f]{64})$/;

/**
 * Processes of containers that the engine does not know, as a start that failed or an engine that died can leave them. `proc` is where
 * the kernel shows this machine's processes; what cannot be read there is no stray. Only what was there before and after the engine was
 * asked counts, since containers come and go.
 */
export async function findStrays(
  proc: string,
  listed: () => Promise<ReadonlySet<string>>,
): Promise<readonly Stray[]> {
  const before = await keepersIn(proc);
  if (before.length === 0) return [];
  const known = await listed();
  const after = new Set((await keepersIn(proc)).map(({ pid, containerId }) => `${pid} ${containerId}`));
  return before.filter(
    ({ pid, containerId }) => !known.has(containerId) && after.has(`${pid} ${containerId}`),
  );
}

async function keepersIn(proc: string): Promise<readonly Stray[]> {
  const names = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(names.map((name) => keeperAt(join(proc, name), Number(name))));
  return found.flatMap((keeper) => keeper ?? []);
}

async function keeperAt(folder: string, pid: number): Promise<Stray | null> {
  try {
    const [program = "", ...args] = (await readFile(join(folder, "cmdline"), "utf8")).split("\0");
    if (!basename(program).startsWith(KEEPER) || !args.includes(NAMESPACE)) return null;
    const containerId = args.flatMap((arg) => CONTAINER_ID.exec(arg)?.[1] ?? [])[0];
    if (containerId === undefined || (await isNested(folder))) return null;
    return { pid, containerId };
  } catch {
    return null;
  }
}

/** True for a process in a container: an engine that runs in there has containers of its own. */
async function isNested(folder: string): Promise<boolean> {
  const status = await readFile(join(folder, "status"), "utf8");
  return /^NSpid:\s+\d+\s+\d/m.test(status);
}
