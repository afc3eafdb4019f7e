// SPDX-License-Identifier: Apache-2.0
import type { Problem, RefusalCode } from "./errors.ts";
import type { Path } from "./path.ts";

/** What is wrong at one place of a manifest. */
export interface LocatedProblem extends Problem {
  readonly code: RefusalCode;
  readonly path: Path;
}
