// SPDX-License-Identifier: Apache-2.0
import type { Question, Verdict } from "./judge.ts";

/** What the parent sends a worker. */
export type ToWorker = Question;

/** What a worker answers: once how long the tests of the unchanged contract took, then one verdict for each question. */
export type FromWorker =
  | { readonly kind: "ready"; readonly tests: number; readonly milliseconds: number }
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | { readonly kind: "unsound"; readonly message: string };
