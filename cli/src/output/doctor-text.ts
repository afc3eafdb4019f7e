// SPDX-License-Identifier: Apache-2.0
import type { Finding, FindingState } from "../doctor/finding.ts";

const STATES: readonly FindingState[] = ["failing", "warning", "unknown", "ok"];

/** One line a finding, its fix below it, and what it comes to. The state is a word: it needs no colour. */
export function doctorText(findings: readonly Finding[]): string {
  const states = Math.max(...findings.map(({ state }) => state.length));
  const checks = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat(states + checks + 4);
  const lines = findings.flatMap(({ check, state, says, fix }) => [
    `${state.padEnd(states)}  ${check.padEnd(checks)}  ${says}`,
    ...(fix === null ? [] : [`${indent}fix: ${fix}`]),
  ]);
  return [...lines, "", summaryOf(findings)].join("\n");
}

function summaryOf(findings: readonly Finding[]): string {
  const counts = STATES.map((each) => ({
    each,
    count: findings.filter(({ state }) => state === each).length,
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ each, count }) => `${count} ${each}`)
    .join(", ");
}
