// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import type { LogLine } from "../../domain/observed.ts";
import type { LogRequest } from "../../ports/container-runtime.ts";
import { gone } from "../runtime-errors.ts";
import { ask, askStream } from "./ask.ts";
import { needContainer } from "./containers.ts";
import type { DockerContext } from "./context.ts";
import { unreachable, type Refusal } from "./errors.ts";
import { logLines } from "./log-frames.ts";

/**
 * The container's recorded lines, then new ones if asked. A followed log ends quietly when the signal is aborted or the container ends.
 * Errors: RetryableError E_CONTAINER_GONE, E_RUNTIME_UNREACHABLE when the stream breaks off.
 */
export async function* logs(
  context: DockerContext,
  leaseId: LeaseId,
  request: LogRequest,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const found = await needContainer(context, leaseId, request.service, signal);
  const read = request.follow ? followed : recorded;
  try {
    yield* logLines(read(context, found, request, signal), request.service);
  } catch (error) {
    if (!(request.follow && signal.aborted)) throw error;
  }
}

async function* recorded(
  { engine }: DockerContext,
  container: Dockerode.ContainerInspectInfo,
  request: LogRequest,
  signal: AbortSignal,
): AsyncIterable<Buffer> {
  yield await ask(engine, {
    what: `read the log of ${container.Name.slice(1)}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) =>
      engine.docker.getContainer(container.Id).logs({ ...options(request), follow: false, abortSignal }),
    outcomes: { 404: vanished(container) },
  });
}

async function* followed(
  { engine }: DockerContext,
  container: Dockerode.ContainerInspectInfo,
  request: LogRequest,
  signal: AbortSignal,
): AsyncIterable<Buffer> {
  const what = `follow the log of ${container.Name.slice(1)}`;
  const stream = await askStream(engine, {
    what,
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) =>
      engine.docker.getContainer(container.Id).logs({ ...options(request), follow: true, abortSignal }),
    outcomes: { 404: vanished(container) },
  });
  try {
    yield* Readable.from(stream);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unreachable(engine, what, "the stream broke off", error);
  }
}

function vanished(container: Dockerode.ContainerInspectInfo): (refusal: Refusal) => never {
  return ({ cause }) => {
    throw gone("container", container.Name.slice(1), cause);
  };
}

function options({ tail }: LogRequest): { stdout: true; stderr: true; timestamps: true; tail: number } {
  return { stdout: true, stderr: true, timestamps: true, tail };
}
