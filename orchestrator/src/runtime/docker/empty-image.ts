// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import { askStream } from "./ask.ts";
import type { Engine } from "./client.ts";
import { endOfProgress } from "./progress.ts";
import { tar } from "./tar.ts";
import { PermanentError } from "@berth/sdk";

/** An image with nothing in it: helper containers are made of it, and nothing of it is ever run. */
export const EMPTY_IMAGE = "berth/empty:1";

const [REPO, TAG] = EMPTY_IMAGE.split(":");

/** Gives the engine the empty image; one that it has is replaced by the same. */
export async function ensureEmptyImage(engine: Engine, signal: AbortSignal): Promise<void> {
  const folder = { name: "data/", type: "directory", mode: 0o755, uid: 0, gid: 0, content: null } as const;
  const stream = await askStream(engine, {
    what: `import image ${EMPTY_IMAGE}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) =>
      engine.docker.importImage(Readable.from([tar([folder])]), { repo: REPO, tag: TAG, abortSignal }),
  });
  const failure = await endOfProgress(engine, stream, () => undefined);
  if (failure === null) return;
  throw new PermanentError("E_HELPER_IMAGE", `The engine does not take the empty image: ${failure}`, {
    atRisk: "volumes can be neither exported nor imported",
    next: "See the engine's log.",
  });
}
