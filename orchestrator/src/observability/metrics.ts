// SPDX-License-Identifier: Apache-2.0
import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";
import type { StepAction } from "../domain/step.ts";
import { addPulled, type Sources } from "./pulled-metrics.ts";
import { rpcClassOf } from "./rpc-class.ts";

/** Where the daemon's parts say what they did. Labels come from closed lists: never an id, an address, an image or a text. */
export interface Metrics {
  stepEnded(step: StepAction, outcome: "done" | "failed", durationMs: number): void;
  /** `place`: where the endpoint stands in the list of them, from 1. */
  rpcEnded(place: number, method: string, outcome: "answered" | "refused" | "failed"): void;
  reportEnded(outcome: "sent" | "failed"): void;
  /** The rules around leases were put in force. */
  egressApplied(why: "started" | "disturbed" | "changed"): void;
  transactionEnded(outcome: "mined" | "reverted" | "displaced" | "refused", cost: bigint): void;
  /** From now on these are asked whenever somebody asks for the figures. */
  attach(sources: Sources): void;
  /** All figures, in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

const STEP_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

/** The figures of one daemon, in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const steps = new Histogram({
    name: "berth_step_duration_seconds",
    help: "Steps taken, by kind and outcome.",
    labelNames: ["step", "outcome"] as const,
    buckets: STEP_BUCKETS,
    registers,
  });
  const rpc = counter("berth_rpc_calls_total", "Requests to the chain's endpoints.", [
    "endpoint",
    "class",
    "outcome",
  ]);
  const reports = counter("berth_reports_total", "Reports to the market.", ["outcome"]);
  const transactions = counter("berth_transactions_total", "Transactions that ended.", ["outcome"]);
  const egress = counter("berth_egress_applied_total", "Rules around leases put in force.", ["why"]);
  const gas = counter("berth_gas_spent_wei_total", "What transactions cost, in wei.", []);
  return {
    stepEnded: (step, outcome, durationMs) => steps.observe({ step, outcome }, durationMs / 1_000),
    rpcEnded: (place, method, outcome) =>
      rpc.inc({ endpoint: String(place), class: rpcClassOf(method), outcome }),
    reportEnded: (outcome) => reports.inc({ outcome }),
    egressApplied: (why) => egress.inc({ why }),
    transactionEnded: (outcome, cost) => {
      transactions.inc({ outcome });
      gas.inc(Number(cost));
    },
    attach: (sources) => addPulled(registry, sources),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
