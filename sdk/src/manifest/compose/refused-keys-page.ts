// SPDX-License-Identifier: Apache-2.0
import { ACCEPTED_COMPOSE_KEYS } from "./keys.ts";
import { REFUSED_COMPOSE_KEYS } from "./refused-keys.ts";

/** The refused keys in Markdown, a table for each map of the file and a row for each reason; `docs/manifest.md` holds it word for word. */
export function refusedKeysPage(): string {
  const sections = Object.keys(ACCEPTED_COMPOSE_KEYS).map(sectionOf);
  return sections.filter((section) => section !== null).join("\n\n");
}

function sectionOf(scope: string): string | null {
  const rows = new Map<string, readonly string[]>();
  for (const [path, { reason, fix }] of REFUSED_COMPOSE_KEYS) {
    const dot = path.lastIndexOf(".");
    if (path.slice(0, Math.max(dot, 0)) !== scope) continue;
    const words = `${reason} | ${fix}`;
    rows.set(words, [...(rows.get(words) ?? []), `\`${path.slice(dot + 1)}\``]);
  }
  if (rows.size === 0) return null;
  const lines = [...rows].map(([words, keys]) => `| ${keys.join(", ")} | ${words} |`);
  return [
    titleOf(scope),
    "",
    "| key | why it is refused | what to do |",
    "| --- | --- | --- |",
    ...lines,
  ].join("\n");
}

function titleOf(scope: string): string {
  return scope === "" ? "### At the top of the file" : `### In \`${scope}\``;
}
