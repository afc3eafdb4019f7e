// SPDX-License-Identifier: Apache-2.0
import { request } from "node:http";
import { buffer } from "node:stream/consumers";

/** An engine's answer as it came. */
export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
  /** The body, if it is JSON. */
  readonly json: unknown;
  /** What a refusal says; empty for any other answer. */
  readonly message: string;
}

/** Puts a request to the engine as it is, past any client. */
export function speak(socketPath: string, line: string, body?: unknown): Promise<Answer> {
  const [method, path] = line.split(" ");
  const isBytes = Buffer.isBuffer(body);
  const headers = { "content-type": isBytes ? "application/x-tar" : "application/json" };
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers, agent: false }, (response) => {
      buffer(response).then((bytes) => resolve(answerOf(response.statusCode ?? 0, bytes)), reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body === undefined || isBytes ? body : JSON.stringify(body));
  });
}

function answerOf(status: number, bytes: Buffer): Answer {
  const json = parse(bytes.toString());
  const said = typeof json === "object" && json !== null && "message" in json ? json.message : "";
  return { status, bytes, json, message: typeof said === "string" ? said : "" };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
