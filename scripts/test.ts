// SPDX-License-Identifier: Apache-2.0
import { runSuite, type Verdict } from "./lib/run-suite.ts";
import { filesOf, SUITES, SYSTEM_SUITE, type Suite } from "./lib/suites.ts";
import { sum, tallyLine, type Tally } from "./lib/tally.ts";

/** `npm test` has 20 minutes, `npm run test:system` 50: one is left for what comes before and after. */
const LIMIT_MINUTES = 19;
const NOTHING: Verdict = { tally: sum([]), complaint: undefined };

function selected(names: readonly string[]): readonly Suite[] {
  const known = [...SUITES, SYSTEM_SUITE];
  const unknown = names.filter((name) => !known.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(
      `unknown suite ${unknown.join(", ")}; the suites are ${known.map(({ name }) => name).join(", ")}`,
    );
    process.exit(2);
  }
  return names.length === 0 ? SUITES : known.filter(({ name }) => names.includes(name));
}

interface Ran {
  readonly tally: Tally;
  readonly row: string;
}

async function run(suite: Suite, isBeside: boolean): Promise<Ran> {
  const startedAt = performance.now();
  const files = filesOf(suite);
  console.log(
    `\n=== ${suite.name}: ${files.length} files${isBeside ? "; what it says is told at its end" : ""}`,
  );
  const { tally, complaint } =
    files.length === 0 ? NOTHING : await runSuite(suite, { files, limitMs: limitMs(suite), isBeside });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const counts = `${tally.passed} ✔  ${tally.failed} ✖  ${tally.skipped} -`;
  const row = `${suite.name.padEnd(10)} ${seconds.padStart(6)} s  ${counts}`;
  return { tally, row: complaint === undefined ? row : `${row}  (one of the failures: ${complaint})` };
}

function limitMs({ limitMinutes }: Suite): number {
  const leftMs = Math.max(LIMIT_MINUTES, limitMinutes) * 60_000 - performance.now();
  return Math.max(0, Math.min(limitMinutes * 60_000, leftMs));
}

/** What waits for a Docker Engine most of its time runs beside what computes; of either kind, one suite after the other. */
async function runAll(suites: readonly Suite[]): Promise<readonly Ran[]> {
  const computing = suites.filter(({ needsEngine }) => !needsEngine);
  const waiting = suites.filter(({ needsEngine }) => needsEngine);
  const inTurn = async (lane: readonly Suite[], isBeside: boolean): Promise<readonly Ran[]> => {
    const ran: Ran[] = [];
    for (const suite of lane) ran.push(await run(suite, isBeside));
    return ran;
  };
  const lanes = await Promise.all([inTurn(computing, false), inTurn(waiting, computing.length > 0)]);
  return lanes.flat();
}

const ran = await runAll(selected(process.argv.slice(2)));
const total = sum(ran.map(({ tally }) => tally));
console.log(`\n${ran.map(({ row }) => row).join("\n")}\n${tallyLine(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
