// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";
import type { Output, Reply } from "./replies.ts";

/** Sends the reply, as a fault will have it. */
export function answer(response: ServerResponse, reply: Reply, fault: Fault | null): void {
  if ("stream" in reply) return sendStream(response, reply, fault);
  const type = "bytes" in reply ? reply.type : "application/json";
  const genuine = "bytes" in reply ? reply.bytes : jsonBytes(reply.json);
  const body = fault?.kind === "garble" ? Buffer.from(fault.change(genuine.toString())) : genuine;
  const isEmpty = reply.status === 204 || reply.status === 304;
  const headers = isEmpty ? {} : { "content-type": type, "content-length": body.length };
  response.writeHead(reply.status, headers);
  if (fault?.kind !== "stall") return void response.end(isEmpty ? undefined : body);
  response.flushHeaders();
  response.write(body.subarray(0, body.length / 2));
}

/** Hangs up in place of an answer. */
export function cutOff(response: ServerResponse): void {
  response.socket?.destroy();
}

function sendStream(
  response: ServerResponse,
  reply: Extract<Reply, { stream: unknown }>,
  fault: Fault | null,
): void {
  response.writeHead(reply.status, reply.type === "" ? {} : { "content-type": reply.type });
  response.flushHeaders();
  const output: Output = {
    write: (bytes) => void response.write(fault?.kind === "garble" ? fault.change(bytes.toString()) : bytes),
    end: () => void (fault?.kind === "stall" ? undefined : response.end()),
    onClose: (act) => void response.once("close", act),
  };
  reply.stream(output);
}

function jsonBytes(json: unknown): Buffer {
  return Buffer.from(json === undefined ? "" : `${JSON.stringify(json)}\n`);
}
