// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { RetryableError } from "@berth/sdk";
import type Dockerode from "dockerode";
import { isContainer, isImage } from "../answers.ts";
import { ask, askStream } from "../ask.ts";
import type { Engine } from "../client.ts";
import { get } from "../get.ts";
import { endOfProgress } from "../progress.ts";
import { tar } from "../tar.ts";

/** On all that a probe makes, and no lease's label: nobody who looks for leases may find it, and what was cut off may be cleared away. */
export const PROBE_LABEL = "berth.probe";
const IMAGE = { repo: "berth/witness", tag: "1" };
export const WITNESS_IMAGE = `${IMAGE.repo}:${IMAGE.tag}`;
const RUN_MS = 30_000;
const LOOK_EVERY_MS = 50;
const FRAME_HEADER = 8;

const programs = JSON.parse(readFileSync(new URL("./witness.json", import.meta.url), "utf8")) as Readonly<
  Record<string, string>
>;

/** What a process saw of itself in a container. */
export interface Testimony {
  /** Of the kernel that it was told of. */
  readonly kernel: string;
  /** Of /proc/self/status, by their names. */
  readonly status: ReadonlyMap<string, string>;
  readonly uidMap: string;
  /** Empty where no security module confines it. */
  readonly confinement: string;
  /** Whether each call that the filter names was refused. */
  readonly refused: readonly boolean[];
}

/** Has the engine take the witness in, a program of some hundred bytes that needs nothing beside it; false for another architecture. */
export async function bringWitness(
  engine: Engine,
  architecture: string,
  signal: AbortSignal,
): Promise<boolean> {
  const program = programs[architecture];
  if (program === undefined) return false;
  const found = await ask(engine, {
    what: `inspect image ${WITNESS_IMAGE}`,
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<unknown>(engine, `/images/${WITNESS_IMAGE}/json`, abortSignal),
    check: isImage,
    outcomes: { 404: () => null },
  });
  if (found === null) await importWitness(engine, Buffer.from(program, "base64"), signal);
  return true;
}

async function importWitness(engine: Engine, content: Buffer, signal: AbortSignal): Promise<void> {
  const entry = { name: "witness", type: "file", mode: 0o555, uid: 0, gid: 0, content } as const;
  const stream = await askStream(engine, {
    what: "take the probe's program in",
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => importImage(engine, tar([entry]), abortSignal),
  });
  const failure = await endOfProgress(engine, stream, () => undefined);
  if (failure === null) return;
  throw new RetryableError("E_PROBE_FAILED", `The engine does not take the probe's program in: ${failure}`, {
    atRisk: "nothing that runs; no new lease is begun until this machine is measured",
    next: "Read the engine's own log.",
  });
}

/** The client drops the signal of its own `importImage`. */
function importImage(
  engine: Engine,
  archive: Buffer,
  abortSignal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  const options = {
    path: "/images/create?",
    options: { fromSrc: "-", ...IMAGE },
    method: "POST",
    file: archive,
    isStream: true,
    statusCodes: { 200: true },
    abortSignal,
  };
  return new Promise((resolve, reject) => {
    engine.docker.modem.dial(options, (error, answer) =>
      error === null ? resolve(answer as NodeJS.ReadableStream) : reject(error),
    );
  });
}

/** Lets the witness run once in such a container, and removes that whatever came of it. */
export async function hearWitness(
  engine: Engine,
  { User, HostConfig }: Pick<Dockerode.ContainerCreateOptions, "User" | "HostConfig">,
  signal: AbortSignal,
): Promise<Testimony> {
  const { docker, deadlines } = engine;
  const name = `berth-probe-${randomBytes(6).toString("hex")}`;
  const life = AbortSignal.any([signal, AbortSignal.timeout(RUN_MS)]);
  const step = <T>(what: string, run: (abortSignal: AbortSignal) => Promise<T>): Promise<T> =>
    ask(engine, { what: `${what} the probe's container`, limitMs: deadlines.change, signal: life, run });
  try {
    const Labels = { [PROBE_LABEL]: "1" };
    const options = { name, Image: WITNESS_IMAGE, Entrypoint: ["/witness"], Labels, User, HostConfig };
    const { id } = await step("create", (abortSignal) => docker.createContainer({ ...options, abortSignal }));
    const container = docker.getContainer(id);
    await step("start", (abortSignal) => container.start({ abortSignal }));
    await ended(engine, id, life);
    const recorded = await step("read", (abortSignal) => container.logs({ stdout: true, abortSignal }));
    return testimonyOf(withoutFrames(recorded));
  } finally {
    await removeProbe(engine, name);
  }
}

async function ended(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { State } = await ask(engine, {
      what: "inspect the probe's container",
      limitMs: engine.deadlines.look,
      signal,
      run: (abortSignal) => engine.docker.getContainer(id).inspect({ abortSignal }),
      check: isContainer,
    });
    if (!State.Running && State.Status !== "created") return;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Without the caller's signal: what was made is removed although nobody waits for it any more. */
export async function removeProbe(engine: Engine, nameOrId: string): Promise<void> {
  await ask(engine, {
    what: "remove the probe's container",
    limitMs: engine.deadlines.change,
    signal: new AbortController().signal,
    run: (abortSignal) => engine.docker.getContainer(nameOrId).remove({ force: true, v: true, abortSignal }),
    outcomes: { 404: () => undefined, 409: () => undefined },
  });
}

/** The text that the engine recorded, out of the frames that it tells it in. */
function withoutFrames(recorded: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + FRAME_HEADER <= recorded.length;) {
    const end = at + FRAME_HEADER + recorded.readUInt32BE(at + FRAME_HEADER / 2);
    parts.push(recorded.subarray(at + FRAME_HEADER, end));
    at = end;
  }
  return Buffer.concat(parts).toString("latin1");
}

/** Reads what `witness-amd64.s` writes. */
export function testimonyOf(text: string): Testimony {
  const [kernel = "", status = "", uidMap = "", confinement = "", calls = ""] = text
    .split(/^@$/m)
    .slice(1)
    .map((part) => part.trim());
  return {
    kernel,
    status: new Map(status.split("\n").map((line) => splitOnce(line))),
    uidMap: uidMap.replace(/\s+/g, " "),
    confinement,
    refused: [...calls].map((call) => call === "R"),
  };
}

function splitOnce(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
