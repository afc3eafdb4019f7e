// SPDX-License-Identifier: Apache-2.0
import { toBerthError } from "../output/error-report.ts";
import type { Fact } from "./finding.ts";

/** The answer as a fact, or the error that stood in its place. The signal's reason is thrown. */
export async function factOf<Value>(
  signal: AbortSignal,
  ask: () => Promise<Value> | Value,
): Promise<Fact<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    signal.throwIfAborted();
    return { error: toBerthError(error) };
  }
}

/** The next question, asked only where the one before it was answered. */
export async function after<Before, Value>(
  before: Fact<Before>,
  signal: AbortSignal,
  ask: (value: Before) => Promise<Value> | Value,
): Promise<Fact<Value>> {
  if (before === null || "error" in before) return null;
  return factOf(signal, () => ask(before.value));
}

/** The value, null where there is none. */
export function valueOf<Value>(fact: Fact<Value>): Value | null {
  return fact !== null && "value" in fact ? fact.value : null;
}
