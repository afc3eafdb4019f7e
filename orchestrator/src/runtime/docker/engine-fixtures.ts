// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, type Deadlines, type Engine } from "./client.ts";

export interface EngineStub {
  readonly engine: Engine;
  /** Requests so far, as `GET /path`. */
  readonly requests: readonly string[];
  /** Their headers, in the same order. */
  readonly headers: readonly IncomingMessage["headers"][];
  close(): Promise<void>;
}

/** Short enough for a test to see them pass. */
export const IMPATIENT: Deadlines = {
  look: 200,
  stats: 200,
  change: 200,
  stopSlack: 100,
  registry: 300,
  pull: 1_000,
  pullIdle: 300,
};

/** Something that listens where an engine would and answers what the test says; no answer at all is an engine that hangs. */
export async function stubEngine(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<EngineStub> {
  const folder = await mkdtemp(join(tmpdir(), "berth-engine-"));
  const socketPath = join(folder, "engine.sock");
  const requests: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    engine: { ...connectEngine({ socketPath }), deadlines: IMPATIENT },
    requests,
    headers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/** Answers with this status and JSON body. */
export function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
