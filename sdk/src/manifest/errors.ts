// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";

/** Why a manifest, or a part of it, is refused. */
export type RefusalCode =
  | "E_MANIFEST_TOO_LARGE"
  | "E_MANIFEST_TOO_COMPLEX"
  | "E_MANIFEST_SYNTAX"
  | "E_MANIFEST_KEY_REFUSED"
  | "E_MANIFEST_KEY_UNKNOWN"
  | "E_MANIFEST_VARIABLE"
  | "E_MANIFEST_VALUE"
  | "E_MANIFEST_NOT_CANONICAL";

/** What is wrong with a value, and what to write instead. Neither ever quotes an environment value. */
export interface Problem {
  readonly reason: string;
  readonly fix: string;
}

/** One refused place of a manifest. */
export interface Refusal extends Problem {
  readonly code: RefusalCode;
  /** Dotted path, `services.web.privileged`; empty for the manifest as a whole. */
  readonly path: string;
  /** `line:column` in the Compose file, from 1; null where there is no such place. */
  readonly at: string | null;
}

const MAX_LISTED = 50;

/** A manifest is refused. Carries every refusal; `code`, `path` and `at` of the error are those of the first. */
export class ManifestError extends UserError {
  readonly refusals: readonly Refusal[];

  constructor(refusals: readonly [Refusal, ...Refusal[]], cause?: unknown) {
    const [first, ...others] = refusals;
    super(first.code, others.length === 0 ? sentence(first) : list(refusals), {
      atRisk: "nothing: no lease was opened and nothing runs",
      next: others.length === 0 ? first.fix : `mend the ${refusals.length} places named above and try again`,
      facts: {
        path: first.path,
        ...(first.at === null ? {} : { at: first.at }),
        refusals: String(refusals.length),
      },
      cause,
    });
    this.refusals = refusals;
  }
}

/** Throws the refusals together, each once, or does nothing when there are none. */
export function throwRefusals(refusals: readonly Refusal[]): void {
  const unique = new Map<string, Refusal>();
  for (const refusal of refusals) {
    const key = [refusal.path, refusal.at, refusal.reason].join("\n");
    if (!unique.has(key)) unique.set(key, refusal);
  }
  const [first, ...others] = unique.values();
  if (first !== undefined) throw new ManifestError([first, ...others]);
}

function sentence({ path, at, reason }: Refusal): string {
  return `${path === "" ? "the manifest" : path}${at === null ? "" : ` (line ${at})`}: ${reason}`;
}

function list(refusals: readonly Refusal[]): string {
  const lines = refusals.slice(0, MAX_LISTED).map((refusal) => `- ${sentence(refusal)}; ${refusal.fix}`);
  const unlisted = refusals.length - lines.length;
  return [
    `the manifest is refused in ${refusals.length} places:`,
    ...lines,
    ...(unlisted === 0 ? [] : [`- and ${unlisted} more`]),
  ].join("\n");
}
