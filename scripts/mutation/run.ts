// SPDX-License-Identifier: Apache-2.0
/**
 * Plants mistakes into the contracts and asks the contract tests to find them.
 * Arguments: [--sample N] [--seed S] [--file pattern] [--seeded] [--workers 2] [--out file].
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parse, readSources, type Sources } from "./compile.ts";
import type { Mutant } from "./mutant.ts";
import { type Options, readOptions } from "./options.ts";
import { judgeAll, type Task } from "./pool.ts";
import { populationOf } from "./population.ts";
import { complaintsOf, countsBy, countsOf, type Judged, seedsOf, survivorsOf, TERMS } from "./report.ts";
import { judgesOf, ResultLog } from "./results.ts";
import { sampleOf } from "./sample.ts";
import { planted, type Seed, seedId } from "./seed.ts";
import { SEEDS } from "./seeds/all.ts";
import { SourceText } from "./source-text.ts";
import { REVIEWED } from "./survivors.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/** Committed, so that a run of hours can go on on another machine, and anybody can look up which test kills what. */
const LOG = "bench/mutation-results.jsonl";

function taskOf(mutant: Mutant, sources: Sources): Task {
  const { id, file, span, replacement, reachedFrom } = mutant;
  const text = new SourceText(sources[file] ?? "").replaced(span, replacement);
  return { id, question: { file, text, reachedFrom } };
}

function seedTask(seed: Seed, sources: Sources, population: readonly Mutant[]): Task {
  const start = Buffer.from((sources[seed.file] ?? "").split(seed.find)[0] ?? "", "utf8").length;
  const inFile = population.filter(({ file }) => file === seed.file);
  const nearest = inFile.toSorted(
    (a, b) => Math.abs(a.span.start - start) - Math.abs(b.span.start - start),
  )[0];
  const question = { file: seed.file, text: planted(seed, sources), reachedFrom: nearest?.reachedFrom ?? [] };
  return { id: seedId(seed), question };
}

function judged<Item>(
  items: readonly Item[],
  log: ResultLog,
  id: (item: Item) => string,
): readonly Judged<Item>[] {
  return items.flatMap((item) => {
    const result = log.get(id(item));
    return result === undefined ? [] : [{ item, result }];
  });
}

function progress(log: ResultLog, todo: number): (result: Parameters<ResultLog["add"]>[0]) => void {
  let done = 0;
  const startedAt = performance.now();
  return (result) => {
    log.add(result);
    done += 1;
    const each = (performance.now() - startedAt) / 1000 / done;
    const left = Math.round(((todo - done) * each) / 60);
    const line = `${done}/${todo}  ${result.outcome.padEnd(12)} ${result.id}  ${result.seconds} s  (${left} min left)`;
    console.log(result.by === undefined ? line : `${line}\n          by ${result.by}`);
  };
}

interface Chosen {
  readonly population: readonly Mutant[];
  readonly eligible: readonly Mutant[];
  readonly mutants: readonly Mutant[];
  readonly seeds: readonly Seed[];
}

function chosenBy(options: Options, population: readonly Mutant[]): Chosen {
  const eligible = options.seededOnly ? [] : population.filter(({ file }) => options.file.test(file));
  const mutants = sampleOf(eligible, options.sample ?? eligible.length, options.seed);
  return { population, eligible, mutants, seeds: SEEDS.filter(({ file }) => options.file.test(file)) };
}

async function judgeChosen(options: Options, snapshot: Workspace, chosen: Chosen): Promise<ResultLog> {
  const sources = readSources(snapshot.folder);
  const tasks = [
    ...chosen.seeds.map((seed) => seedTask(seed, sources, chosen.population)),
    ...chosen.mutants.map((mutant) => taskOf(mutant, sources)),
  ];
  const log = new ResultLog(LOG, judgesOf(snapshot.folder));
  const todo = tasks.filter(({ id }) => log.get(id) === undefined);
  console.log(
    `${chosen.population.length} mutants; ${tasks.length} with seeds asked for, ${todo.length} to do`,
  );
  await judgeAll(snapshot, todo, options.workers, progress(log, todo.length));
  return log;
}

function reportOn(options: Options, { pipeline }: Workspace, chosen: Chosen, log: ResultLog) {
  const { population, eligible } = chosen;
  const mutants = judged(chosen.mutants, log, ({ id }) => id);
  const seeds = judged(chosen.seeds, log, seedId);
  const critical = mutants.filter(({ item }) => item.critical);
  return {
    command: `tsx scripts/mutation/run.ts ${process.argv.slice(2).join(" ")}`.trim(),
    machine: { cores: cpus().length, workers: options.workers, node: process.version, pipeline },
    sample: {
      population: population.length,
      eligible: eligible.length,
      judged: mutants.length,
      seed: options.seed,
    },
    figures: countsOf(mutants.map(({ result }) => result)),
    moneyAndAuthority: countsOf(critical.map(({ result }) => result)),
    perOperator: countsBy(mutants, ({ operator }) => operator),
    perFile: countsBy(mutants, ({ file }) => file),
    seeded: seedsOf(seeds),
    survivors: survivorsOf(mutants, REVIEWED),
    complaints: complaintsOf(mutants, seeds, REVIEWED, new Set(population.map(({ id }) => id))),
    terms: TERMS,
  };
}

async function run(options: Options, snapshot: Workspace): Promise<readonly string[]> {
  const sources = readSources(snapshot.folder);
  const chosen = chosenBy(options, populationOf(parse(snapshot.folder, sources), sources));
  const log = await judgeChosen(options, snapshot, chosen);
  const report = reportOn(options, snapshot, chosen, log);
  writeFileSync(options.out, `${JSON.stringify(report, null, 2)}\n`);
  console.log(JSON.stringify(report.figures));
  return report.complaints;
}

const options = readOptions(process.argv.slice(2));
const snapshot = createWorkspace(process.cwd());
process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
process.once("exit", snapshot.dispose);
const complaints = await run(options, snapshot);
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
