// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { Cleanup } from "../demonstration/cleanup.ts";
import { fillPurse } from "../demonstration/direct-lease.ts";
import { setUpStage, type Stage } from "../demonstration/stage.ts";
import { startChainNode } from "../lib/chain-node.ts";
import { timeLease } from "./lease-round.ts";
import { timeDockerRun } from "./docker-round.ts";
import { median, rounded } from "./median.ts";

const ROUNDS = 20;
const CEILING = 2.5;
const TARGET = fileURLToPath(new URL("../../bench/start-latency.json", import.meta.url));

interface Samples {
  readonly lease: readonly number[];
  readonly dockerRun: readonly number[];
}

/**
 * From the receipt of an opened lease until it answers and is started on chain, beside `docker run` of the same image with the
 * same limits from its spawn until it answers; a round of each in turn.
 */
async function measure(cleanup: Cleanup): Promise<void> {
  const { signal } = new AbortController();
  const stage = await setUpStage(cleanup, {
    reportIntervalSeconds: 60,
    startChain: startChainNode,
    phase: (_name, body) => body(),
    signal,
  });
  await fillPurse(stage);
  const samplesMs = await sample(stage, signal);
  const [leaseMedianMs, dockerRunMedianMs] = [median(samplesMs.lease), median(samplesMs.dockerRun)];
  const ratio = rounded(leaseMedianMs / dockerRunMedianMs);
  const figures = { leaseMedianMs, dockerRunMedianMs, ratio, ceiling: CEILING };
  const machine = {
    cores: cpus().length,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
  const runtime = await stage.runtime.describe(signal);
  const result = { command: "npm run bench:latency", figures, machine, runtime, samplesMs };
  writeFileSync(TARGET, `${JSON.stringify(result, null, 2)}\n`);
  console.log(JSON.stringify(figures));
  if (ratio > CEILING) process.exitCode = 1;
}

async function sample(stage: Stage, signal: AbortSignal): Promise<Samples> {
  const lease: number[] = [];
  const dockerRun: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    lease.push(await timeLease(stage, signal));
    dockerRun.push(await timeDockerRun(signal));
    console.error(`round ${round} of ${ROUNDS}: lease ${lease.at(-1)} ms, docker run ${dockerRun.at(-1)} ms`);
  }
  return { lease, dockerRun };
}

const cleanup = new Cleanup();
try {
  await measure(cleanup);
} finally {
  const failures = await cleanup.run();
  for (const failure of failures) console.error(failure);
}
