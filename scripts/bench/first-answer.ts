// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";

const EVERY_MS = 10;
const PATIENCE_MS = 60_000;

/** Asks every 10 ms until a request is answered 200. */
export async function awaitFirstAnswer(url: string, signal: AbortSignal): Promise<void> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  while (!(await answers(url, either))) await delay(EVERY_MS, undefined, { signal: either });
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
