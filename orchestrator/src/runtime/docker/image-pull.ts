// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import type { DiskUse, PullWatch } from "../../domain/image.ts";
import { imageHindered, imageRefused } from "../registry/registry-errors.ts";
import { askStream } from "./ask.ts";
import type { Engine } from "./client.ts";
import { unreachable } from "./errors.ts";
import { endOfProgress } from "./progress.ts";
import { pullError } from "./pull-error.ts";
import { PullLines, type PullLine } from "./pull-lines.ts";

/** Milliseconds between two looks at the room on the disk while something is pulled. */
const WATCH_EVERY = 50;
/** An engine writes on for a while after its pull is given up: so it is if the room, falling as it did, would be short in so many looks. */
const LOOKS_AHEAD = 10;
/** The most that is foreseen: a larger fall between two looks is somebody else's file that takes its room at once, and no speed. */
const MOST_FORESEEN_BYTES = 1024 * 1024 * 1024;
/** What a registry may send beyond what it stated: the engine asks again for a part that was cut off. */
const SLACK_BYTES = 1024 * 1024;

export interface PullOrder extends PullWatch {
  readonly pin: string;
  /** Of all layers, as the registry states them. */
  readonly totalBytes: number;
  /** Room on the engine's disk now; null where it cannot be seen. */
  readonly room: () => Promise<DiskUse | null>;
  readonly reserveBytes: number;
}

/**
 * Pulls by digest. It is given up when nothing moves for `pullIdle` or it takes longer than `pull` (E_IMAGE_STALLED), when the room on the
 * disk is about to fall below the reserve (E_DISK_SHORT), and when more comes than was stated (E_IMAGE_TOO_LARGE): the engine then drops what it has
 * of it.
 */
export async function pullImage(engine: Engine, order: PullOrder, signal: AbortSignal): Promise<void> {
  const { pull: whole, pullIdle: idle } = engine.deadlines;
  const given = new AbortController();
  const giveUp = (why: BerthError): void => given.abort(why);
  const stalled = (why: string): BerthError => imageHindered("E_IMAGE_STALLED", order.pin, why);
  const wholeTimer = setTimeout(() => giveUp(stalled(`it was not finished within ${whole} ms`)), whole);
  const idleTimer = setTimeout(() => giveUp(stalled(`there was no progress for ${idle} ms`)), idle);
  const watching = watchRoom(order, giveUp);
  const lines = new PullLines(order.totalBytes);
  const moved = (line: PullLine): void => {
    if (lines.take(line)) idleTimer.refresh();
    order.onProgress(lines.progress);
    if (lines.sentBytes > order.totalBytes + SLACK_BYTES) giveUp(sentTooMuch(order.pin));
  };
  try {
    const stream = await openPull(engine, order, AbortSignal.any([signal, given.signal]));
    const failure = await endOfProgress(engine, stream, moved);
    if (failure !== null) throw pullError(order, failure);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (given.signal.aborted) throw given.signal.reason;
    if (error instanceof BerthError) throw error;
    throw unreachable(engine, `pull image ${order.pin}`, String(error), error);
  } finally {
    clearTimeout(wholeTimer);
    clearTimeout(idleTimer);
    clearInterval(watching);
  }
}

/** The registry's own refusals come here, or later as a line of the stream. */
async function openPull(
  engine: Engine,
  order: PullOrder,
  signal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  const { pin, login } = order;
  const authconfig = login === null ? {} : { authconfig: { ...login, serveraddress: "" } };
  return askStream(engine, {
    what: `pull image ${pin}`,
    limitMs: engine.deadlines.pull,
    signal,
    run: (abortSignal) => engine.docker.pull(pin, { abortSignal, ...authconfig }),
    otherwise: ({ message }) => {
      throw pullError(order, message);
    },
  });
}

function watchRoom(
  { pin, room, reserveBytes }: PullOrder,
  giveUp: (why: BerthError) => void,
): NodeJS.Timeout {
  let before = 0;
  return setInterval(() => {
    void room().then(
      (disk) => {
        if (disk === null) return;
        const fall = Math.max(0, before - disk.freeBytes);
        const foreseen = Math.min(fall * LOOKS_AHEAD, MOST_FORESEEN_BYTES);
        before = disk.freeBytes;
        if (disk.freeBytes - foreseen < reserveBytes) giveUp(diskShort(pin));
      },
      () =>
        giveUp(imageHindered("E_DISK_SHORT", pin, "the room on the provider's disk cannot be told any more")),
    );
  }, WATCH_EVERY);
}

export function diskShort(pin: string): BerthError {
  return imageHindered("E_DISK_SHORT", pin, "it would take what has to stay free on the provider's disk");
}

function sentTooMuch(pin: string): BerthError {
  return imageRefused("E_IMAGE_TOO_LARGE", pin, "its registry sends more than it stated");
}
