// SPDX-License-Identifier: Apache-2.0
import { BerthError, PermanentError, RetryableError } from "@berth/sdk";
import { isImage } from "./answers.ts";
import { ask, askStream } from "./ask.ts";
import type { Engine } from "./client.ts";
import { unreachable } from "./errors.ts";
import { get } from "./get.ts";
import { endOfProgress } from "./progress.ts";

/** Signs of an image reference: none of them can lead a request to another path of the engine. */
const IMAGE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$/;
const NOT_FOUND = /manifest unknown|not found|does not exist|no matching manifest|invalid reference/i;
const DENIED = /unauthorized|authentication required|no basic auth|access denied|denied: |forbidden/i;

/**
 * Pulls the image unless the engine has it. Errors: PermanentError E_IMAGE_NOT_FOUND, E_IMAGE_DENIED; RetryableError
 * E_REGISTRY_UNREACHABLE when nobody can tell, or nothing moves for `pullIdle`.
 */
export async function ensureImage(engine: Engine, image: string, signal: AbortSignal): Promise<void> {
  if (!IMAGE_NAME.test(image) || image.includes(".."))
    throw pullError(image, "invalid reference format", undefined);
  if (await hasImage(engine, image, signal)) return;
  await pull(engine, image, signal);
  if (await hasImage(engine, image, signal)) return;
  throw pullError(image, "the pull ended without the image", undefined);
}

async function hasImage(engine: Engine, image: string, signal: AbortSignal): Promise<boolean> {
  const found = await ask(engine, {
    what: `inspect image ${image}`,
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<unknown>(engine, `/images/${image}/json`, abortSignal),
    check: isImage,
    outcomes: {
      404: () => null,
      400: ({ message, cause }) => {
        throw pullError(image, message, cause);
      },
    },
  });
  return found !== null;
}

async function pull(engine: Engine, image: string, signal: AbortSignal): Promise<void> {
  const { pull: whole, pullIdle: idle } = engine.deadlines;
  const patience = new AbortController();
  const wholeTimer = setTimeout(() => patience.abort(new Error(`not finished within ${whole} ms`)), whole);
  const idleTimer = setTimeout(() => patience.abort(new Error(`no progress for ${idle} ms`)), idle);
  try {
    const stream = await openPull(engine, image, AbortSignal.any([signal, patience.signal]));
    const failure = await endOfProgress(engine, stream, () => idleTimer.refresh());
    if (failure !== null) throw pullError(image, failure, undefined);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (patience.signal.aborted) throw pullError(image, String(patience.signal.reason), error);
    throw error instanceof BerthError
      ? error
      : unreachable(engine, `pull image ${image}`, String(error), error);
  } finally {
    clearTimeout(wholeTimer);
    clearTimeout(idleTimer);
  }
}

/** The registry's own refusals come here, or later as a line of the stream. */
async function openPull(engine: Engine, image: string, signal: AbortSignal): Promise<NodeJS.ReadableStream> {
  return askStream(engine, {
    what: `pull image ${image}`,
    limitMs: engine.deadlines.pull,
    signal,
    run: (abortSignal) => engine.docker.pull(withTag(image), { abortSignal }),
    otherwise: ({ message, cause }) => {
      throw pullError(image, message, cause);
    },
  });
}

/** Without a tag or digest the engine would pull every tag there is. */
function withTag(image: string): string {
  const lastPart = image.slice(image.lastIndexOf("/") + 1);
  return lastPart.includes(":") || image.includes("@") ? image : `${image}:latest`;
}

function pullError(image: string, message: string, cause: unknown): BerthError {
  const said = `Image ${image} cannot be pulled: ${message}`;
  const details = { facts: { image }, cause };
  if (NOT_FOUND.test(message) && !/no such host/i.test(message)) {
    const next =
      "Check the image's name and tag, and that it is public and built for this machine's processor.";
    return new PermanentError("E_IMAGE_NOT_FOUND", said, {
      atRisk: "the lease does not run",
      next,
      ...details,
    });
  }
  if (DENIED.test(message)) {
    const next = "Make the image public, or use one that is.";
    return new PermanentError("E_IMAGE_DENIED", said, { atRisk: "the lease does not run", next, ...details });
  }
  return new RetryableError("E_REGISTRY_UNREACHABLE", said, {
    atRisk: "the lease does not run yet; it will be tried again",
    next: "Check this machine's way to the registry.",
    ...details,
  });
}
