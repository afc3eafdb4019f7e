// SPDX-License-Identifier: Apache-2.0
import type { z } from "zod";
import type { LocatedProblem } from "./located-problem.ts";
import type { Path } from "./path.ts";

/** Deepest nesting of a manifest document: a word of a health check's test is the deepest value. */
const MAX_DEPTH = 8;
/** Most values of a manifest document: 16 services with all that they may have need less. Bounds the work of a refusal. */
const MAX_VALUES = 8192;
const LONE_SURROGATE = /\p{Surrogate}/u;
const DOCUMENT_FIX = "let the SDK write the document: newManifestDocument and canonicalManifestText";

/** Everything that keeps a value from being what the schema says; empty when nothing does. Never throws. */
export function findProblems(schema: z.ZodType, value: unknown): readonly LocatedProblem[] {
  if (countValues(value) > MAX_VALUES) {
    const reason = `has more than ${MAX_VALUES} values`;
    return [{ code: "E_MANIFEST_TOO_COMPLEX", path: [], reason, fix: "use shorter lists and fewer entries" }];
  }
  const { error } = schema.safeParse(value);
  return [...findUnsafe(value, []), ...(error === undefined ? [] : error.issues.flatMap(problemsOf))];
}

function countValues(value: unknown): number {
  let count = 0;
  let level: readonly unknown[] = [value];
  while (level.length > 0 && count <= MAX_VALUES) {
    count += level.length;
    level = level.flatMap((item): readonly unknown[] =>
      typeof item === "object" && item !== null ? Object.values(item) : [],
    );
  }
  return count;
}

function problemsOf(issue: z.core.$ZodIssue): readonly LocatedProblem[] {
  const path = issue.path.map((segment) => (typeof segment === "symbol" ? String(segment) : segment));
  if (issue.code === "unrecognized_keys") {
    const problem = {
      code: "E_MANIFEST_KEY_UNKNOWN",
      reason: "no such field is known",
      fix: DOCUMENT_FIX,
    } as const;
    return issue.keys.map((key) => ({ ...problem, path: [...path, key] }));
  }
  const fix = issue.code === "custom" ? String(issue.params?.["fix"]) : DOCUMENT_FIX;
  return [{ code: "E_MANIFEST_VALUE", path, reason: issue.message, fix }];
}

function findUnsafe(value: unknown, path: Path): readonly LocatedProblem[] {
  if (typeof value === "string") return findUnsafeText(value, path);
  if (typeof value !== "object" || value === null) return [];
  if (path.length >= MAX_DEPTH) {
    return [
      {
        code: "E_MANIFEST_TOO_COMPLEX",
        path,
        reason: `is nested deeper than ${MAX_DEPTH} levels`,
        fix: "flatten it",
      },
    ];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findUnsafe(item, [...path, index]));
  return Object.entries(value).flatMap(([key, item]) => [
    ...findUnsafeKey(key, [...path, key]),
    ...findUnsafe(item, [...path, key]),
  ]);
}

function findUnsafeKey(key: string, path: Path): readonly LocatedProblem[] {
  if (key !== "__proto__") return findUnsafeText(key, path);
  return [
    {
      code: "E_MANIFEST_VALUE",
      path,
      reason: "programs may read this name as another",
      fix: "choose another name",
    },
  ];
}

function findUnsafeText(text: string, path: Path): readonly LocatedProblem[] {
  if (text.includes("\0")) {
    return [
      {
        code: "E_MANIFEST_VALUE",
        path,
        reason: "has a NUL character, where a program's text ends",
        fix: "remove it",
      },
    ];
  }
  if (!LONE_SURROGATE.test(text)) return [];
  return [
    {
      code: "E_MANIFEST_VALUE",
      path,
      reason: "is no Unicode text: half a character is missing",
      fix: "correct it",
    },
  ];
}
