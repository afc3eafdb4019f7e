// SPDX-License-Identifier: Apache-2.0
import { sha256 } from "viem";
import { z } from "zod";
import { type Answer, bytesOf, errorOf, linesOf, parseJson, readText, unreadable } from "./answers.ts";
import { gatewayErrorSchema } from "./bodies.ts";

/** Most bytes of an archive that one request carries. */
export const MAX_UPLOAD_PART = 4 * 1024 ** 2;

const progressSchema = z.object({
  phase: z.enum(["checked", "written", "read back", "done"]),
  bytes: z.number(),
  /** Once it is done. */
  files: z.int().optional(),
});
const receivedSchema = z.object({ received: z.int().min(0) });
const failedSchema = z.object({ error: gatewayErrorSchema });

/** How far an import has come: bytes of the archive so far, and what was done with them. */
export type ImportProgress = z.infer<typeof progressSchema>;

/** An archive on its way to a volume. */
export interface Upload {
  readonly volume: string;
  /** SHA-256 of the whole archive, in hex. */
  readonly sha256: string;
}

/** Moves what is in a lease's volumes. */
export interface VolumeTransfers {
  /** All of a volume as an archive; `live` though the workload may write meanwhile. */
  archive(volume: string, live: boolean, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Bytes of the archive that the gateway has. */
  received(upload: Upload, signal: AbortSignal): Promise<number>;
  /** Sends the next piece, {@link MAX_UPLOAD_PART} at most; answers the bytes that the gateway has then. */
  send(upload: Upload, offset: number, piece: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<number>;
  /** Puts the archive in the place of what is in the volume; `stop` has the services stopped for it. */
  apply(upload: Upload, stop: boolean, signal: AbortSignal): AsyncIterable<ImportProgress>;
}

interface Call {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly isBodyNamed?: boolean;
  readonly signal?: AbortSignal;
}

export function volumeTransfers(
  base: string,
  origin: string,
  send: (call: Call) => Promise<Answer>,
): VolumeTransfers {
  const at = ({ volume, sha256 }: Upload): string => `${base}/volumes/${volume}/uploads/${sha256}`;
  return {
    archive: async function* (volume, live, signal) {
      const path = `${base}/volumes/${volume}/archive?live=${live}`;
      yield* bytesOf(await send({ method: "GET", path, signal }));
    },
    received: async (upload, signal) =>
      receivedIn(await send({ method: "GET", path: at(upload), signal }), origin),
    send: async (upload, offset, body, signal) => {
      const path = `${at(upload)}?offset=${offset}&piece=${sha256(body).slice(2)}`;
      return receivedIn(await send({ method: "PUT", path, body, isBodyNamed: true, signal }), origin);
    },
    apply: async function* (upload, stop, signal) {
      const path = `${at(upload)}/apply?stop=${stop}`;
      const answer = await send({ method: "PUT", path, signal });
      let isDone = false;
      for await (const line of linesOf(answer)) {
        const progress = progressIn(line, origin);
        isDone ||= progress.phase === "done";
        yield progress;
      }
      if (!isDone) throw unreadable(origin, "ends before the import does");
    },
  };
}

async function receivedIn(answer: Answer, origin: string): Promise<number> {
  const parsed = receivedSchema.safeParse(parseJson(await readText(answer)));
  if (!parsed.success) throw unreadable(origin, "does not say how much it has");
  return parsed.data.received;
}

function progressIn(line: string, origin: string): ImportProgress {
  const told = parseJson(line);
  const failed = failedSchema.safeParse(told);
  if (failed.success) throw errorOf(failed.data.error);
  const parsed = progressSchema.safeParse(told);
  if (!parsed.success) throw unreadable(origin, "holds a line that is no progress");
  return parsed.data;
}
