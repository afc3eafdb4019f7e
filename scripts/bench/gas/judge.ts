// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CEILINGS, REPORT_SPREAD, RUNTIME_BYTES_CEILING } from "./ceilings.ts";
import type { Exceptions } from "./ceilings.ts";
import { OPERATIONS } from "./operations.ts";
import type { Figures, GasResult } from "./operations.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const REPORTS = ["report1", "report100", "report10000"];

/** What passes a ceiling without a decision that allows it, and exceptions that nothing needs any more. */
export function ceilingProblems(
  { settings, operations }: GasResult,
  exceptions: Exceptions,
): readonly string[] {
  const { runtimeBytes } = settings;
  const reports = REPORTS.map((name) => operations[name] ?? Number.NaN);
  const spread = Math.max(...reports) - Math.min(...reports);
  return [
    ...OPERATIONS.flatMap((name) => ceilingProblem(name, operations[name], CEILINGS[name], exceptions[name])),
    ...(spread <= REPORT_SPREAD ? [] : [`a report costs up to ${spread} more with more leases open`]),
    ...(runtimeBytes <= RUNTIME_BYTES_CEILING ? [] : [tooLarge(runtimeBytes)]),
  ];
}

/** What rose by more than 0.5 % above the committed figure, is missing or new, or was measured under other settings. */
export function regressions(committed: GasResult, fresh: GasResult): readonly string[] {
  return [
    ...(["compiler", "viaIR", "runs", "evmVersion", "hardfork"] as const)
      .filter((key) => committed.settings[key] !== fresh.settings[key])
      .map((key) => `${key}: ${fresh.settings[key]}, committed ${committed.settings[key]}`),
    ...riseProblems("operations", committed.operations, fresh.operations),
    ...riseProblems("usdc", committed.usdc, fresh.usdc),
  ];
}

/** A contract that no public chain takes. */
export function tooLarge(runtimeBytes: number): string {
  return `the runtime bytecode has ${runtimeBytes} bytes, of at most ${RUNTIME_BYTES_CEILING}`;
}

function ceilingProblem(
  name: string,
  gas: number | undefined,
  ceiling: number,
  decision: string | undefined,
): readonly string[] {
  if (gas === undefined) return [`${name}: no figure`];
  if (decision === undefined)
    return gas > ceiling ? [`${name}: ${gas} is above its ceiling of ${ceiling}`] : [];
  if (gas <= ceiling) return [`${name}: needs its exception no more`];
  return existsSync(ROOT + decision) ? [] : [`${name}: ${decision}, which allows it, does not exist`];
}

function riseProblems(part: string, committed: Figures, fresh: Figures): readonly string[] {
  const names = new Set([...Object.keys(committed), ...Object.keys(fresh)]);
  return [...names].flatMap((name) => {
    const [before, now] = [committed[name], fresh[name]];
    if (before === undefined) return [`${part}.${name}: not in the committed file`];
    if (now === undefined) return [`${part}.${name}: in the committed file, but not measured`];
    return now * 1_000 > before * 1_005 ? [`${part}.${name}: ${now}, committed ${before}`] : [];
  });
}
