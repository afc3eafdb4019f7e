// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type Dockerode from "dockerode";
import { Survivors, type EngineLife } from "./survivors.ts";

const MINUTE = 60_000;
const at = (minute: number): string => new Date(minute * MINUTE).toISOString();
const engine = (minute: number | null, outlived = false): EngineLife => ({
  startedAt: minute === null ? null : minute * MINUTE,
  outlived,
});

type State = Dockerode.ContainerInspectInfo["State"];

function inspected(changes: Partial<State>, Id = "id"): { Id: string; State: State } {
  const State = { Status: "running", Running: true, Paused: false, Pid: 0, StartedAt: at(10), ...changes };
  return { Id, State: { FinishedAt: "0001-01-01T00:00:00Z", ...State } as State };
}

function ended(minute: number): { Id: string; State: State } {
  return inspected({ Status: "exited", Running: false, FinishedAt: at(minute) });
}

describe("a container that ended with its engine", () => {
  it("ran at the last look at an engine, and has ended at the first look at the next", async () => {
    const survivors = new Survivors();
    await survivors.look([inspected({})], engine(5));
    await survivors.look([ended(20)], engine(60));
    expect(survivors.isLost(ended(20))).to.equal(true);
    await survivors.look([ended(20)], engine(60));
    expect(survivors.isLost(ended(20))).to.equal(true);
  });

  it("ended just when the engine started, also where nobody had looked before", async () => {
    for (const minute of [59, 60, 61]) {
      const survivors = new Survivors();
      await survivors.look([ended(minute)], engine(60));
      expect(survivors.isLost(ended(minute))).to.equal(true);
    }
  });

  it("is itself again once it was started again, and its next end is its own", async () => {
    const survivors = new Survivors();
    await survivors.look([ended(60)], engine(60));
    const again = { ...inspected({ StartedAt: at(61) }) };
    await survivors.look([again], engine(60));
    expect(survivors.isLost(again)).to.equal(false);
    const own = inspected({ Status: "exited", Running: false, StartedAt: at(61), FinishedAt: at(61) });
    await survivors.look([own], engine(60));
    expect(survivors.isLost(own)).to.equal(false);
  });
});

describe("a container ended by itself", () => {
  it("where its engine is the one under which it ran", async () => {
    const survivors = new Survivors();
    await survivors.look([inspected({})], engine(5));
    await survivors.look([ended(20)], engine(5));
    expect(survivors.isLost(ended(20))).to.equal(false);
  });

  it("where it was seen to have ended before its engine did", async () => {
    const survivors = new Survivors();
    await survivors.look([ended(20)], engine(5));
    await survivors.look([ended(20)], engine(20));
    expect(survivors.isLost(ended(20))).to.equal(false);
  });

  it("where nobody had looked before and it ended long before the engine's start, or long after", async () => {
    for (const minute of [58, 62]) {
      const survivors = new Survivors();
      await survivors.look([ended(minute)], engine(60));
      expect(survivors.isLost(ended(minute))).to.equal(false);
    }
  });

  it("where its engine lets containers outlive it, or does not tell when it started", async () => {
    for (const life of [engine(60, true), engine(null)]) {
      const survivors = new Survivors();
      await survivors.look([inspected({})], { ...life, startedAt: null });
      await survivors.look([ended(60)], life);
      expect(survivors.isLost(ended(60))).to.equal(false);
    }
  });
});

describe("a container still runs while its engine is silent", () => {
  /** A word that names this very process's control groups, as a container's id names its own. */
  let ours: string;
  const running = (changes: Partial<State> = {}) => inspected({ Pid: process.pid, ...changes }, ours);

  before(function () {
    if (process.platform !== "linux") return this.skip();
    ours = readFileSync("/proc/self/cgroup", "utf8").split("\n")[0] ?? "";
  });

  async function stillRuns(container: ReturnType<typeof running>, life: EngineLife, startedAt = 10 * MINUTE) {
    const survivors = new Survivors();
    await survivors.look([container], life);
    return survivors.stillRuns(container.Id, startedAt);
  }

  it("where its process is there, and will be when the engine is back", async () => {
    expect(await stillRuns(running(), engine(5, true))).to.equal(true);
  });

  it("not as far as is known where the engine will end it when it comes back", async () => {
    expect(await stillRuns(running(), engine(5))).to.equal(false);
  });

  it("not where it did not run, was frozen, or is another incarnation", async () => {
    expect(await stillRuns(running({ Running: false }), engine(5, true))).to.equal(false);
    expect(await stillRuns(running({ Paused: true }), engine(5, true))).to.equal(false);
    expect(await stillRuns(running(), engine(5, true), 11 * MINUTE)).to.equal(false);
  });

  it("not where the process is another's, gone, or not seen from here", async () => {
    expect(await stillRuns({ ...running(), Id: "f".repeat(64) }, engine(5, true))).to.equal(false);
    expect(await stillRuns(running({ Pid: 2 ** 30 }), engine(5, true))).to.equal(false);
  });

  it("also where one look did not find its process, and the next did", async () => {
    const { proc, show, looks, stillShown } = hidden();
    await looks(1);
    expect(await stillShown()).to.equal(false);
    show();
    expect(await stillShown()).to.equal(false);
    await looks(1);
    expect(await stillShown()).to.equal(true);
    rmSync(proc, { recursive: true });
    expect(await stillShown()).to.equal(false);
  });

  it("not where five looks did not find it, until it was started again", async () => {
    const { proc, show, looks, stillShown } = hidden();
    await looks(5);
    show();
    await looks(1);
    expect(await stillShown()).to.equal(false);
    await looks(1, 11);
    expect(await stillShown(11)).to.equal(true);
    rmSync(proc, { recursive: true });
  });

  /** A container whose process is not shown at first. */
  function hidden() {
    const proc = mkdtempSync(join(tmpdir(), "berth-proc-"));
    const survivors = new Survivors(proc);
    const id = "c".repeat(64);
    return {
      proc,
      show: () => {
        mkdirSync(join(proc, "7"));
        writeFileSync(join(proc, "7", "cgroup"), `0::/docker/${id}\n`);
        writeFileSync(join(proc, "7", "stat"), "7 (httpd) S 1 7 7");
      },
      looks: async (times: number, startedAt = 10) => {
        const container = inspected({ Pid: 7, StartedAt: at(startedAt) }, id);
        for (let look = 0; look < times; look += 1) await survivors.look([container], engine(5, true));
      },
      stillShown: (startedAt = 10) => survivors.stillRuns(id, startedAt * MINUTE),
    };
  }

  it("not where nobody had looked before", async () => {
    expect(await new Survivors().stillRuns("id", 10 * MINUTE)).to.equal(false);
  });
});
