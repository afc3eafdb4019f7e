// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from "@berth/sdk";
import { CORPUS, FAMILIES, refusalOf } from "./corpus.ts";
import type { HostileCase } from "./hostile-case.ts";

/** The counts of the corpus in Markdown; `docs/hostile-manifests.md` holds them word for word. */
export function corpusTables(): string {
  const verdicts = CORPUS.map((each) => ({ each, refusal: refusalOf(each.door, each.text) }));
  const families = Object.entries(FAMILIES).map(([name, cases]) => `| ${name} | ${cases.length} |`);
  const reasons = new Map<string, number>();
  for (const verdict of verdicts) {
    const row = rowOf(verdict.each, verdict.refusal);
    reasons.set(row, (reasons.get(row) ?? 0) + 1);
  }
  const rows = [...reasons].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    "## What is tried",
    "",
    "| what the manifests have in them | cases |",
    "| --- | ---: |",
    ...families,
    `| all | ${CORPUS.length} |`,
    "",
    "## Why it is refused",
    "",
    "| code | reason | cases |",
    "| --- | --- | ---: |",
    ...rows.map(([row, count]) => `${row} | ${count} |`),
  ].join("\n");
}

function rowOf({ name }: HostileCase, refusal: Refusal | null): string {
  if (refusal === null) throw new Error(`${name} is accepted`);
  return `| \`${refusal.code}\` | ${escaped(generalised(refusal.reason))}`;
}

/** A reason without what is the case's own in it: quoted texts and numbers. */
function generalised(reason: string): string {
  return reason
    .replace(/"(?:\\.|[^"\\])*"/g, "…")
    .replace(/\$\{[^}]*\}/g, "…")
    .replace(/(?<=the variable )\w+/g, "…")
    .replace(/(?<!RFC |\d)-?\d[\d.e+]*/g, "N");
}

function escaped(text: string): string {
  return text.replace(/[|<>*_`\\[\]]/g, (sign) => `\\${sign}`);
}
