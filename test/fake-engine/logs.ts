// SPDX-License-Identifier: Apache-2.0
import type { LoggedLine } from "./objects.ts";
import { EngineRefusal, type Output, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";
import { logTime } from "./times.ts";

const HEADER_LENGTH = 8;
const STREAM_NUMBER = { stdout: 1, stderr: 2 } as const;

/** The recorded lines in the engine's frames, and with `follow` the new ones until the container ends. */
export function logs(state: EngineState, nameOrId: string, query: URLSearchParams): Reply {
  const container = state.needContainer(nameOrId);
  const streams = (["stdout", "stderr"] as const).filter((stream) => query.get(stream) === "true");
  if (streams.length === 0)
    throw new EngineRefusal(400, "Bad parameters: you must choose at least one stream");
  const isWanted = ({ stream }: LoggedLine) => streams.includes(stream);
  const stamps = query.get("timestamps") === "true";
  const all = container.log.filter(isWanted);
  const recorded = all.slice(Math.max(0, all.length - tailOf(query)));
  const stream = (output: Output) => {
    for (const line of recorded) output.write(frame(line, stamps));
    if (query.get("follow") !== "true" || container.pid === null) return output.end();
    const follow = (line: LoggedLine | null) => {
      if (line === null) output.end();
      else if (isWanted(line)) output.write(frame(line, stamps));
    };
    container.followers.add(follow);
    output.onClose(() => container.followers.delete(follow));
  };
  return { status: 200, type: "", stream };
}

/** How many lines to begin with. */
function tailOf(query: URLSearchParams): number {
  const tail = query.get("tail") ?? "all";
  return tail === "all" ? Infinity : Number(tail);
}

function frame({ at, stream, text }: LoggedLine, stamps: boolean): Buffer {
  const payload = Buffer.from(`${stamps ? `${logTime(at)} ` : ""}${text}\n`);
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt8(STREAM_NUMBER[stream]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}
