// SPDX-License-Identifier: Apache-2.0
import { destination, pino, stdTimeFunctions, type DestinationStream, type LevelWithSilent } from "pino";
import type { Log } from "../ports/log.ts";
import { redactText } from "./redact.ts";

/** Fields whose values are nobody's business, wherever they turn up. */
const SECRETS = [
  "key",
  "privateKey",
  "environment",
  "env",
  "manifest",
  "text",
  "body",
  "signature",
  "authorization",
  "headers",
  "password",
  "secrets",
  "login",
  "username",
  "registries",
  "rawTransaction",
];

/** A log of one JSON object a line. What could hold a secret is never written out: by its name, or by its form in any text. */
export function createLog(level: LevelWithSilent, stream: DestinationStream): Log {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    {
      level,
      base: undefined,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths, censor: "[hidden]" },
      hooks: { streamWrite: redactText },
    },
    stream,
  );
}

/** Standard error, written at once: standard output belongs to whoever started the daemon. */
export function standardError(): DestinationStream {
  return destination({ dest: 2, sync: true });
}
