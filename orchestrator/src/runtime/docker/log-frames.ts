// SPDX-License-Identifier: Apache-2.0
import { StringDecoder } from "node:string_decoder";
import type { LogLine } from "../../domain/observed.ts";

/** What the engine recorded in one piece: part of a line, a line, or several. */
interface Frame {
  readonly stream: LogLine["stream"];
  readonly payload: Buffer;
}

/** A line that has begun; `at` is null until its time stamp was read. */
interface OpenLine {
  readonly decoder: StringDecoder;
  at: string | null;
  text: string;
}

interface Piece {
  readonly stamp: string | null;
  readonly bytes: Buffer;
  readonly isEnded: boolean;
}

type ClosedLine = Pick<LogLine, "at" | "text">;

const HEADER_LENGTH = 8;
const STDERR = 2;
const NEWLINE = 0x0a;
const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}(?:Z|[+-]\d{2}:\d{2}) /;
const LONGEST_STAMP = 36;
/** A line that goes on without end is cut here, so that no tenant fills the daemon's memory. */
const LONGEST_LINE = 65_536;

/**
 * Lines out of the engine's multiplexed log with time stamps, however its bytes are cut into chunks. The engine records a long
 * line in parts of one and the same stamp, and its `local` driver forgets the newline after the last of them: parts are joined,
 * and a new stamp begins a new line.
 */
export async function* logLines(chunks: AsyncIterable<Buffer>, service: string): AsyncIterable<LogLine> {
  const open = { stdout: newLine(), stderr: newLine() };
  for await (const { stream, payload } of frames(chunks)) {
    for (const { at, text } of feed(open[stream], payload)) yield { service, stream, text, at };
  }
  for (const stream of ["stdout", "stderr"] as const) {
    const line = close(open[stream]);
    if (line !== null) yield { service, stream, ...line };
  }
}

async function* frames(chunks: AsyncIterable<Buffer>): AsyncIterable<Frame> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of chunks) {
    bytes = Buffer.concat([bytes, chunk]);
    let length = frameLength(bytes);
    while (length !== null) {
      yield {
        stream: bytes.readUInt8(0) === STDERR ? "stderr" : "stdout",
        payload: bytes.subarray(HEADER_LENGTH, length),
      };
      bytes = bytes.subarray(length);
      length = frameLength(bytes);
    }
  }
}

/** Bytes of the first frame with its header; null while it is not whole. */
function frameLength(bytes: Buffer): number | null {
  if (bytes.length < HEADER_LENGTH) return null;
  const length = HEADER_LENGTH + bytes.readUInt32BE(4);
  return bytes.length < length ? null : length;
}

/** Adds a frame to the stream's open line; gives the lines that it completes. */
function feed(line: OpenLine, payload: Buffer): readonly ClosedLine[] {
  const done: (ClosedLine | null)[] = [];
  for (const { stamp, bytes, isEnded } of pieces(payload)) {
    if (stamp !== line.at && stamp !== null) done.push(close(line));
    line.at = stamp ?? line.at;
    line.text += line.decoder.write(bytes);
    if (isEnded || line.text.length >= LONGEST_LINE) done.push(close(line));
  }
  return done.filter((closed) => closed !== null);
}

/** The frame's lines, or parts of lines, each with the stamp before it if there is one. */
function* pieces(payload: Buffer): Iterable<Piece> {
  let rest = payload;
  while (rest.length > 0) {
    const stamp = STAMP.exec(rest.toString("latin1", 0, LONGEST_STAMP))?.[0] ?? "";
    const newline = rest.indexOf(NEWLINE, stamp.length);
    const end = newline === -1 ? rest.length : newline;
    const bytes = rest.subarray(stamp.length, end);
    yield { stamp: stamp === "" ? null : stamp.trimEnd(), bytes, isEnded: newline !== -1 };
    rest = rest.subarray(end + 1);
  }
}

/** Ends the open line and begins the next; null if none was open. */
function close(line: OpenLine): ClosedLine | null {
  const text = line.text + line.decoder.end();
  const closed = line.at === null && text === "" ? null : { at: line.at ?? "", text };
  line.at = null;
  line.text = "";
  return closed;
}

function newLine(): OpenLine {
  return { decoder: new StringDecoder("utf8"), at: null, text: "" };
}
