// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";

/** A failure in two words and a sentence, for logs and for status. */
export type Failure = {
  readonly code: string;
  readonly message: string;
};

/** What any thrown value says; a value that is no error of Berth has the code E_UNEXPECTED. */
export function failureOf(error: unknown): Failure {
  if (error instanceof BerthError) return { code: error.code, message: error.message };
  return { code: "E_UNEXPECTED", message: error instanceof Error ? error.message : String(error) };
}
