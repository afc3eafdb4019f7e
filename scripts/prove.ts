// SPDX-License-Identifier: Apache-2.0
/** Proves the laws of test/smt about the service clock and the billing, and prints every target. */
import { LAW_FILES, missingSolver, prove, type LawFile } from "./lib/prover.ts";
import { tallyLine } from "./lib/tally.ts";

function report(file: LawFile): readonly boolean[] {
  const startedAt = performance.now();
  const findings = prove(file);
  for (const { place, text, proved } of findings) {
    console.log(`${proved ? "proved" : "NOT PROVED"} ${place}: ${text}`);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${file.path}: ${findings.length} targets, ${file.engine}, ${seconds} s\n`);
  return findings.map(({ proved }) => proved);
}

const missing = missingSolver();
if (missing !== undefined) {
  console.error(missing);
  process.exit(1);
}
const verdicts = LAW_FILES.flatMap(report);
const failed = verdicts.filter((proved) => !proved).length;
console.log(tallyLine({ passed: verdicts.length - failed, failed, skipped: 0 }));
process.exitCode = failed > 0 ? 1 : 0;
