// SPDX-License-Identifier: Apache-2.0
/**
 * The long programme. Arguments: the parts to run, all of them where none is named. BERTH_DEEP_SHARE, above 0 and up to 1, runs
 * that share of each part. Every piece is entered in `bench/deep.json` when it ends, and what has passed against the same code of
 * the market, or of the daemon, is not run again: an interrupted run goes on where it was.
 */
import { fileURLToPath } from "node:url";
import { codeOfMarket, codeOfSimulation } from "./deep/code.ts";
import { inLanes, runStep } from "./deep/lanes.ts";
import { chosenParts, PARTS, type Part, piecesOf, reachNumber, shareFrom } from "./deep/parts.ts";
import { type DeepRecord, leftOf, readRecord, withPiece, writeRecord } from "./deep/record.ts";
import { drawReach, forgetReach, rarestOf, readReach } from "./lib/reach.ts";

const TARGET = fileURLToPath(new URL("../bench/deep.json", import.meta.url));
/** What every cell of the table must come to when the whole part has run. */
const LEAST_REACH = 10_000;

const codes = { market: await codeOfMarket(), daemon: codeOfSimulation() };
let record: DeepRecord = readRecord(TARGET, codes, PARTS);

async function runPiece(part: Part, index: number, amount: number): Promise<boolean> {
  forgetReach(reachNumber(index));
  const { passed, seconds, tail } = await runStep(part.stepOf(index, amount), part.lanes === 1);
  const piece = {
    index,
    seed: part.seedOf(index),
    amount,
    seconds,
    outcome: passed ? "passed" : "failed",
  } as const;
  const reach = passed && part.name === "invariants" ? readReach(reachNumber(index)) : undefined;
  record = withPiece(record, part, piece, reach);
  writeRecord(TARGET, record);
  const { done, of, unit } = record.parts[part.name] ?? { done: 0, of: 0, unit: "" };
  if (!passed) console.log(tail);
  console.log(`${part.name}, seed ${piece.seed}: ${piece.outcome}, ${seconds} s; ${done} of ${of} ${unit}`);
  return passed;
}

async function runPart(part: Part, share: number): Promise<readonly string[]> {
  const pieces = piecesOf(part, share);
  const left = leftOf(record, part, share);
  console.log(`\n=== ${part.name}: ${left.length} of ${pieces.length} pieces to do`);
  const failed: string[] = [];
  await inLanes(left, part.lanes, async (index) => {
    if (!(await runPiece(part, index, pieces[index] ?? 0))) failed.push(`${part.name} ${index}`);
  });
  return [...failed, ...complaintsAboutReach(part)];
}

function complaintsAboutReach(part: Part): readonly string[] {
  const { done, of, reach } = record.parts[part.name] ?? {};
  if (reach === undefined) return [];
  console.log(drawReach(reach));
  const { name, hits } = rarestOf(reach);
  return done === of && hits < LEAST_REACH ? [`${name} was reached ${hits} times, not ${LEAST_REACH}`] : [];
}

const share = shareFrom(process.env["BERTH_DEEP_SHARE"]);
const failed: string[] = [];
for (const part of chosenParts(PARTS, process.argv.slice(2))) failed.push(...(await runPart(part, share)));
console.log(failed.length === 0 ? "every piece passed" : `failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
