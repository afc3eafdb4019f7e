// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type Dockerode from "dockerode";
import { parseTime } from "./time.ts";

/** What an engine tells of itself. */
export interface EngineLife {
  /** Milliseconds since 1970; null where it does not tell. */
  readonly startedAt: number | null;
  /** True where its containers go on when it ends. */
  readonly outlived: boolean;
}

/** What is remembered of a container between two looks. */
interface Seen {
  readonly startedAt: number | null;
  /** Of its first process; null where that does not run, or is not seen from here. */
  readonly pid: number | null;
  /** At how many looks that process was sought and not found. */
  readonly misses: number;
  readonly isAlive: boolean;
  readonly isLost: boolean;
}

type Inspected = Pick<Dockerode.ContainerInspectInfo, "Id" | "State">;

/** Milliseconds by which the times of an engine's start and of the ends that it brought may differ. */
const TAKEDOWN = 60_000;
/** Looks at which a process is sought: what is not shown by then is not shown here at all, as in another process namespace. */
const LOOKS_TO_FIND = 5;

/**
 * What becomes of containers while nobody can ask for them: that one runs on although the engine is silent, and that one has ended
 * because its engine did. No single look shows either.
 */
export class Survivors {
  #seen: ReadonlyMap<string, Seen> = new Map();
  #engine: EngineLife = { startedAt: null, outlived: false };
  readonly #proc: string;

  /** `proc`: where the kernel shows the machine's processes. */
  constructor(proc = "/proc") {
    this.#proc = proc;
  }

  /** Takes in a whole look at the containers and the engine. */
  async look(containers: readonly Inspected[], engine: EngineLife): Promise<void> {
    const seen = await Promise.all(
      containers.map(async (container) => [container.Id, await this.#see(container, engine)] as const),
    );
    this.#seen = new Map(seen);
    this.#engine = engine;
  }

  /** Whether the container ended with its engine, as of the last look. */
  isLost({ Id }: Inspected): boolean {
    return this.#seen.get(Id)?.isLost === true;
  }

  /** Whether the process that the last look saw is there still, on an engine that will not end it when it comes back. */
  async stillRuns(containerId: string, startedAt: number | null): Promise<boolean> {
    const seen = this.#seen.get(containerId);
    if (!this.#engine.outlived || seen === undefined || seen.pid === null) return false;
    return seen.startedAt === startedAt && (await isProcessOf(this.#proc, seen.pid, containerId));
  }

  async #see({ Id, State }: Inspected, engine: EngineLife): Promise<Seen> {
    const startedAt = parseTime(State.StartedAt);
    const before = this.#seen.get(Id);
    const isSame = before?.startedAt === startedAt;
    const soughtPid = State.Running && !State.Paused ? State.Pid : null;
    const { pid, misses } = await this.#seek(soughtPid, Id, isSame ? before : undefined);
    const isLost = isSame && !before.isAlive ? before.isLost : this.#tookDown(State, isSame, engine);
    return { startedAt, pid, misses, isAlive: State.Running, isLost };
  }

  /** Found once, a process is the incarnation's for good. */
  async #seek(
    sought: number | null,
    containerId: string,
    before?: Seen,
  ): Promise<Pick<Seen, "pid" | "misses">> {
    const misses = before?.misses ?? 0;
    if (sought === null || misses >= LOOKS_TO_FIND) return { pid: null, misses };
    if (before?.pid === sought || (await isProcessOf(this.#proc, sought, containerId)))
      return { pid: sought, misses };
    return { pid: null, misses: misses + 1 };
  }

  /** It ran under an earlier engine: it was seen to, or it ended just when this one started. */
  #tookDown({ Status, ...state }: Inspected["State"], wasAlive: boolean, engine: EngineLife): boolean {
    const startedAt = parseTime(state.StartedAt);
    const finishedAt = parseTime(state.FinishedAt);
    if (Status !== "exited" || engine.outlived || engine.startedAt === null) return false;
    if (startedAt === null || finishedAt === null || startedAt >= engine.startedAt) return false;
    const isOtherEngine = this.#engine.startedAt !== engine.startedAt;
    return (wasAlive && isOtherEngine) || Math.abs(finishedAt - engine.startedAt) <= TAKEDOWN;
  }
}

/** Whether the process is alive and in the container: its control groups are named after it. */
async function isProcessOf(proc: string, pid: number, containerId: string): Promise<boolean> {
  try {
    const [groups, status] = await Promise.all([
      readFile(`${proc}/${pid}/cgroup`, "utf8"),
      readFile(`${proc}/${pid}/stat`, "utf8"),
    ]);
    const state = status.slice(status.lastIndexOf(")") + 2, status.lastIndexOf(")") + 3);
    return groups.includes(containerId) && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}
