// SPDX-License-Identifier: Apache-2.0
import type { ProviderSummary } from "@berth/sdk";
import { failureOf } from "../domain/failure.ts";
import type { CheckName, Finding } from "../domain/health.ts";
import { chainTime, judgeChain, judgeClock, type HeadSight } from "../domain/judge-chain.ts";
import { judgeDisk, judgeEngine, judgeJournal } from "../domain/judge-machine.ts";
import { judgeLeftovers, type Leftover } from "../domain/leftover.ts";
import {
  judgeGasMoney,
  judgeInstance,
  judgeReport,
  judgeStandstill,
  type PurseSight,
} from "../domain/judge-provider.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Journal } from "../ports/journal.ts";
import type { MarketChain } from "../ports/market-chain.ts";
import type { NodeView } from "../ports/node-view.ts";
import type { GasLedger } from "./gas-ledger.ts";

export interface HealthParts {
  readonly operator: `0x${string}`;
  readonly chain: Pick<MarketChain, "head" | "provider">;
  readonly node: NodeView;
  readonly runtime: Pick<ContainerRuntime, "describe" | "disk">;
  readonly journal: Pick<Journal, "touch" | "keepBallast" | "instance">;
  readonly ledger: Pick<GasLedger, "costOfReport">;
  readonly clock: Clock;
  /** Seconds between two reports; null for half the report period. */
  readonly reportInterval: number | null;
  /** True on a chain that makes blocks only when somebody sends. */
  readonly onDemand: boolean;
  /** What cannot be cleared away of leases that are over. */
  readonly leftovers: () => readonly Leftover[];
  /** Aborted once this daemon does not act any more. */
  readonly overtaken: AbortSignal;
  readonly egress: { finding(): Finding };
}

/** What a look found, and what the next one begins with. */
export interface Look {
  readonly findings: Readonly<Record<CheckName, Finding>>;
  /** The newest block; the last one seen where the chain did not answer. */
  readonly head: HeadSight | null;
  readonly lastReportAt: number | null;
}

/** Asks everything the daemon depends on. Never throws but the signal's reason: what fails is a finding. */
export async function lookAtHealth(
  parts: HealthParts,
  before: HeadSight | null,
  signal: AbortSignal,
): Promise<Look> {
  const { chain, node, runtime, journal, onDemand } = parts;
  const [newest, acting, purse, engine, disk] = await Promise.all([
    tried(signal, () => node.newest(signal)),
    tried(signal, () => chain.head(signal)),
    tried(signal, () => node.purse(signal)),
    tried(signal, () => runtime.describe(signal)),
    tried(signal, () => runtime.disk(signal)),
  ]);
  const block = acting.answer;
  const provider = block && (await tried(signal, () => chain.provider(block, signal))).answer;
  const written = await tried(signal, async () => touched(journal));
  const ballast = await tried(signal, async () => journal.keepBallast());
  const head = newest.answer && sightOf(newest.answer, before, parts.clock);
  const findings = {
    chain: judgeChain({
      head,
      failureCode: newest.code ?? acting.code,
      endpoints: node.endpoints(),
      onDemand,
    }),
    engine: judgeEngine(engine.code),
    journal: judgeJournal(written.code),
    ...judgeProvider(parts, provider, head, purse.answer),
    instance: instanceFinding(parts, written.answer?.instance ?? null, provider),
    clock: judgeClock(head, onDemand),
    leftovers: judgeLeftovers(parts.leftovers(), parts.clock.monotonic()),
    egress: parts.egress.finding(),
    disk: judgeDisk(disk.answer, disk.code, ballast.answer !== false),
  };
  return { findings, head: head ?? before, lastReportAt: provider && Number(provider.lastReportAt) };
}

function instanceFinding(
  { overtaken }: HealthParts,
  ours: number | null,
  provider: ProviderSummary | null,
): Finding {
  if (overtaken.aborted) return judgeStandstill(failureOf(overtaken.reason).message);
  return judgeInstance(provider && { ours, current: Number(provider.instance) });
}

/** Writes into the journal, and reads our instance out of it. */
function touched(journal: HealthParts["journal"]): { readonly instance: number | null } {
  journal.touch();
  return { instance: journal.instance() };
}

function judgeProvider(
  parts: HealthParts,
  provider: ProviderSummary | null,
  head: HeadSight | null,
  purse: Purse | null,
): Pick<Look["findings"], "report" | "gasMoney"> {
  return {
    report: judgeReport(provider && head && reportSight(provider, head)),
    gasMoney: judgeGasMoney(provider && purse && purseSight(parts, purse, Number(provider.reportPeriod))),
  };
}

type Purse = Awaited<ReturnType<NodeView["purse"]>>;
type Tried<Answer> =
  { readonly answer: Answer; readonly code: null } | { readonly answer: null; readonly code: string };

async function tried<Answer>(signal: AbortSignal, ask: () => Promise<Answer>): Promise<Tried<Answer>> {
  try {
    return { answer: await ask(), code: null };
  } catch (error) {
    return { answer: null, code: signal.aborted ? "E_TIMED_OUT" : failureOf(error).code };
  }
}

function sightOf(
  { number, timestamp }: { readonly number: bigint; readonly timestamp: number },
  before: HeadSight | null,
  clock: Clock,
): HeadSight {
  const now = clock.monotonic() / 1_000;
  const isSame = before !== null && before.number === number && before.timestamp === timestamp;
  if (isSame) return { ...before, now };
  const seenAt = clock.now() / 1_000;
  return { number, timestamp, seenAt, since: now, now, cameWhileLooking: before !== null };
}

function reportSight({ lastReportAt, reportPeriod }: ProviderSummary, head: HeadSight) {
  return {
    lastReportAt: Number(lastReportAt),
    reportPeriod: Number(reportPeriod),
    chainNow: chainTime(head),
  };
}

function purseSight(
  { operator, ledger, reportInterval }: HealthParts,
  { balance, gasPrice }: Purse,
  reportPeriod: number,
): PurseSight {
  const half = reportPeriod / 2;
  return {
    operator,
    balance,
    costOfReport: ledger.costOfReport(gasPrice),
    reportInterval: reportInterval === null ? half : Math.min(half, reportInterval),
  };
}
