// SPDX-License-Identifier: Apache-2.0
import type { Engine } from "../../orchestrator/src/runtime/docker/client.ts";

/** Runs the words in a running container of the engine and answers what they print, errors included. */
export async function runWords(
  { docker }: Engine,
  container: string,
  ...words: readonly string[]
): Promise<string> {
  const exec = await docker
    .getContainer(container)
    .exec({ Cmd: [...words], AttachStdout: true, AttachStderr: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts).toString("utf8").replaceAll("\r", "");
}
