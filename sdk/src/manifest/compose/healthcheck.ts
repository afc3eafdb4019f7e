// SPDX-License-Identifier: Apache-2.0
import { show } from "../path.ts";
import type { Healthcheck } from "../types.ts";
import { parseMilliseconds } from "../units.ts";
import { readWordList } from "./words.ts";
import { fieldsOf, flagOf, integerOf, readField, refuse, writtenOf, type ComposeNode } from "./node.ts";

const DEFAULT_INTERVAL_MS = 30_000;
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 3;

/** A health check with Compose's defaults written out; null where it is switched off or refused. */
export function readHealthcheck(node: ComposeNode): Healthcheck | null {
  const fields = fieldsOf(node, "services.*.healthcheck");
  const test = readField(fields, "test", readTest, null);
  const isOff = readField(fields, "disable", flagOf, false) || test?.[0] === "NONE";
  if (isOff) return switchedOff(node, fields.size);
  if (!fields.has("test")) {
    refuse(node, {
      reason: "no `test` is written, and none is taken from the image",
      fix: 'write test: ["CMD", "..."]',
    });
  }
  if (test === null) return null;
  return {
    test,
    intervalMs: readField(fields, "interval", readPeriod, DEFAULT_INTERVAL_MS),
    timeoutMs: readField(fields, "timeout", readPeriod, DEFAULT_TIMEOUT_MS),
    retries: readField(fields, "retries", integerOf, DEFAULT_RETRIES),
    startPeriodMs: readField(fields, "start_period", readPeriod, 0),
  };
}

function switchedOff(node: ComposeNode, fieldCount: number): null {
  if (fieldCount > 1) {
    refuse(node, { reason: "it is switched off and described at once", fix: "keep one of the two" });
  }
  return null;
}

function readTest(node: ComposeNode): readonly string[] | null {
  return typeof node.content === "string" ? ["CMD-SHELL", node.content] : readWordList(node);
}

function readPeriod(node: ComposeNode): number | null {
  const text = writtenOf(node);
  if (text === null) return null;
  const period = parseMilliseconds(text);
  if (period === null)
    refuse(node, { reason: `${show(text)} is no duration`, fix: "write one like 500ms, 30s or 1m30s" });
  return period;
}
