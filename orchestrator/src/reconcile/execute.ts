// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { crashpoint } from "../crashpoint.ts";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { Step, StepAction, StepArguments } from "../domain/step.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { MarketActions } from "../ports/market-chain.ts";
import { haveImage, pinnedImage } from "./lease-images.ts";
import { endStops } from "./own-stops.ts";
import { PortBook, type Publishing } from "./port-book.ts";
import type { PullBoard } from "./pull-board.ts";
import { crashWhenDone, crashWhenRecorded } from "./step-crashes.ts";
import { subjectOf } from "./step-kinds.ts";

/** Takes one step; resolves once its effect is there. */
export type StepRunner = (step: Step, signal: AbortSignal) => Promise<void>;

type StepOf<Action extends StepAction> = {
  [Each in Action]: { readonly action: Each } & StepArguments[Each];
}[Action];

/** One executor for every action there is. */
type Executors = {
  readonly [Action in StepAction]: (step: StepOf<Action>, signal: AbortSignal) => Promise<unknown>;
};

export interface StepRunnerParts {
  readonly runtime: ContainerRuntime;
  readonly actions: MarketActions;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly publishing: Publishing;
  readonly pulls: PullBoard;
}

/** Seconds that a container gets to end by itself. */
const STOP_GRACE_SECONDS = 10;

/** Takes steps, each written down as an intent before and settled after; only a stop stays written down, see `ownStops`. */
export function createStepRunner(parts: StepRunnerParts): StepRunner {
  const executors = executorsOf(parts);
  const { journal, clock, log } = parts;
  return async (step, signal) => {
    const detail = subjectOf(step);
    const fields = { leaseId: String(step.leaseId), step: step.action, detail };
    const startedAt = clock.monotonic();
    const intent = journal.beginIntent(step.leaseId, step.action, detail);
    crashpoint("intent-written");
    log.info(fields, "step begins");
    try {
      await perform(executors, step, signal);
      crashWhenDone(step.action);
      settleStops(journal, step);
      log.info({ ...fields, durationMs: Math.round(clock.monotonic() - startedAt) }, "step done");
    } catch (error) {
      log.warn(
        { ...fields, durationMs: Math.round(clock.monotonic() - startedAt), ...failureOf(error) },
        "step failed",
      );
      throw error;
    } finally {
      if (step.action !== "stopContainer") journal.endIntent(intent);
    }
    crashWhenRecorded(step.action);
  };
}

function settleStops(journal: Journal, step: Step): void {
  if (step.action === "startContainer" || step.action === "removeContainer") {
    endStops(journal, step.leaseId, step.service);
  }
}

function perform<Action extends StepAction>(
  executors: Executors,
  step: StepOf<Action>,
  signal: AbortSignal,
): Promise<unknown> {
  return executors[step.action](step, signal);
}

function executorsOf(parts: StepRunnerParts): Executors {
  const { runtime, actions, journal } = parts;
  const ports = new PortBook({ ...parts, ...parts.publishing });
  return {
    ensureImage: (step, signal) => haveImage(parts, step, signal),
    createNetwork: ({ leaseId }, signal) => runtime.createNetwork(leaseId, signal),
    createVolume: ({ leaseId, volume, sizeMiB }, signal) =>
      runtime.createVolume(leaseId, { name: volume, sizeMiB }, signal),
    createContainer: ({ leaseId, manifestHash, tier, service }, signal) =>
      runtime.createContainer(
        { leaseId, manifestHash, tier },
        { ...ports.placed(leaseId, service), image: pinnedImage(journal, leaseId, service.image) },
        signal,
      ),
    reservePorts: async ({ leaseId, services }) => ports.reserve(leaseId, services),
    startContainer: ({ leaseId, service }, signal) =>
      startPublished(runtime, ports, leaseId, service, signal),
    stopContainer: ({ leaseId, service }, signal) =>
      runtime.stopContainer(leaseId, service, STOP_GRACE_SECONDS, signal),
    freezeContainer: ({ leaseId, service }, signal) => runtime.freezeContainer(leaseId, service, signal),
    thawContainer: ({ leaseId, service }, signal) => runtime.thawContainer(leaseId, service, signal),
    removeContainer: ({ leaseId, service }, signal) => runtime.removeContainer(leaseId, service, signal),
    joinIngress: ({ leaseId }, signal) => runtime.joinIngress(leaseId, signal),
    removeNetwork: ({ leaseId }, signal) => runtime.removeNetwork(leaseId, signal),
    removeVolume: ({ leaseId, volume }, signal) => runtime.removeVolume(leaseId, volume, signal),
    startLease: ({ leaseId }, signal) => actions.startLease(leaseId, signal),
    resumeLease: ({ leaseId }, signal) => actions.resumeLease(leaseId, signal),
    pauseLease: ({ leaseId }, signal) => actions.pauseLease(leaseId, signal),
    completeLease: ({ leaseId, exitCode }, signal) => actions.completeLease(leaseId, exitCode, signal),
    closeLease: ({ leaseId, cause }, signal) => actions.closeLease(leaseId, cause, signal),
  };
}

/** Where somebody else on the host holds one of its ports, the container goes: it is made again with another port, and nothing is in it. */
async function startPublished(
  runtime: ContainerRuntime,
  ports: PortBook,
  leaseId: LeaseId,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await runtime.startContainer(leaseId, service, signal);
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== "E_PORT_TAKEN") throw error;
    const port = Number(error.facts["port"]);
    ports.giveUp(leaseId, service, Number.isInteger(port) ? port : null);
    await runtime.removeContainer(leaseId, service, signal);
    throw error;
  }
}
