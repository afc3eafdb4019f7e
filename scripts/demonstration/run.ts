// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { DEPLOY_PHASES, type DeployPhase } from "../../cli/src/flows/deploy-phases.ts";
import type { Deployment } from "../../cli/src/flows/deploy.ts";
import { createPhaseRunner } from "../../cli/src/flows/phases.ts";
import type { Output } from "../../cli/src/output/output.ts";
import { createPhaseView } from "../../cli/src/output/phases.ts";
import type { DemonstrationOptions } from "./arguments.ts";
import { Cleanup } from "./cleanup.ts";
import { endLease, END_PHASES, type EndPhase } from "./ending.ts";
import { showMeter } from "./live.ts";
import { fetchPage, SERVING_PHASES, awaitReports, type ServingPhase } from "./serving.ts";
import { setUpStage, STAGE_PHASES, type Stage, type StagePhase } from "./stage.ts";
import { summaryOf } from "./summary.ts";
import { leaseHello } from "./tenant.ts";

type Phase = StagePhase | DeployPhase | ServingPhase | EndPhase;

/** Seconds between two reports: often enough to be watched. A provider in earnest reports every few hours. */
const REPORT_INTERVAL_SECONDS = 5;
const SHUTDOWN_MS = 60_000;

/** The main job from end to end on this machine; answers the exit code. Whatever was set up is taken down again. */
export async function runDemonstration(
  { once }: DemonstrationOptions,
  output: Output,
  interrupted: AbortSignal,
): Promise<number> {
  const cleanup = new Cleanup();
  let exitCode = 0;
  try {
    await (once ? liveOnce(cleanup, output, interrupted) : stayUp(cleanup, output, interrupted));
  } catch (error) {
    exitCode = interrupted.aborted ? 130 : 1;
    if (!interrupted.aborted) tellFailure(error, output);
  }
  const failures = await cleanup.run();
  for (const failure of failures) tellFailure(failure, output);
  return failures.length > 0 ? 1 : exitCode;
}

async function liveOnce(cleanup: Cleanup, output: Output, signal: AbortSignal): Promise<void> {
  const phases = [...STAGE_PHASES, ...DEPLOY_PHASES, ...SERVING_PHASES, ...END_PHASES];
  const summary = await inView(phases, output, async (view) => {
    const { stage, deployment } = await bringUp(cleanup, view, signal);
    const { leaseId, phasesMs } = deployment;
    const page = await view.run("serving", "asking for the page", () => fetchPage(deployment.url, signal));
    const reports = await view.run("reporting", "waiting for two reports", () =>
      awaitReports(stage, leaseId, signal),
    );
    const ended = await endLease(
      stage,
      leaseId,
      view,
      AbortSignal.any([signal, AbortSignal.timeout(SHUTDOWN_MS)]),
    );
    return summaryOf({ leaseId, phasesMs, ...page, reports, ...ended });
  });
  output.data(
    { summary },
    Object.entries(summary)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      .join("\n"),
  );
}

async function stayUp(cleanup: Cleanup, output: Output, signal: AbortSignal): Promise<void> {
  const phases = [...STAGE_PHASES, ...DEPLOY_PHASES];
  const { stage, deployment } = await inView(phases, output, (view) => bringUp(cleanup, view, signal));
  await showMeter(stage, deployment, output, signal);
  await inView(END_PHASES, output, (view) =>
    endLease(stage, deployment.leaseId, view, AbortSignal.timeout(SHUTDOWN_MS)),
  );
}

type View<P extends string> = ReturnType<typeof createPhaseRunner<P>> & {
  readonly onProgress: Parameters<typeof createPhaseRunner<P>>[0];
};

async function inView<P extends Phase, T>(
  phases: readonly P[],
  output: Output,
  body: (view: View<P>) => Promise<T>,
): Promise<T> {
  const view = createPhaseView(phases, output, () => new Date());
  try {
    const onProgress: View<P>["onProgress"] = (progress) => view.progress(progress);
    const answer = await body({ ...createPhaseRunner<P>(onProgress, () => performance.now()), onProgress });
    await view.finish();
    return answer;
  } catch (error) {
    await view.finish(error);
    throw error;
  }
}

async function bringUp(
  cleanup: Cleanup,
  view: View<StagePhase | DeployPhase>,
  signal: AbortSignal,
): Promise<{ readonly stage: Stage; readonly deployment: Deployment }> {
  const stage = await setUpStage(cleanup, {
    reportIntervalSeconds: REPORT_INTERVAL_SECONDS,
    phase: (name, body) =>
      view.run(name, STAGE_WORDS[name], async () => ({ value: await body(), text: "ready" })),
    signal,
  });
  return { stage, deployment: await leaseHello(stage, view.onProgress, signal) };
}

const STAGE_WORDS: Readonly<Record<StagePhase, string>> = {
  image: "building the page's image from a static busybox",
  chain: "starting a chain of our own",
  contracts: "deploying the market and a mock dollar",
  provider: "registering a provider with a stake and an offer",
  orchestrator: "starting his daemon",
};

function tellFailure(error: unknown, output: Output): void {
  const step = { step: "failed", at: new Date().toISOString() };
  if (error instanceof BerthError) {
    const { code, message, atRisk, next } = error;
    output.data({ ...step, code, message, atRisk, next }, `${message}\nAt risk: ${atRisk}.\n${next}`);
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  output.data({ ...step, code: "E_UNEXPECTED", message }, message);
}
