// SPDX-License-Identifier: Apache-2.0
import type { Usage } from "@berth/sdk";
import { crashpoint } from "../crashpoint.ts";
import { backoffDelay } from "../domain/backoff.ts";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { ChainBlock, MarketActions, MarketChain } from "../ports/market-chain.ts";
import { requireAllLeases } from "./all-leases.ts";
import { figures, prepareReport } from "./usage-report.ts";

export interface ReporterParts {
  readonly provider: `0x${string}`;
  readonly chain: MarketChain;
  readonly actions: MarketActions;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Answers 0 up to 1. */
  readonly random: () => number;
  readonly usageOf: (leaseId: LeaseId) => Usage;
  /** Resolves once nothing is billed that is not known to run; rejects while that cannot be had: then there is no report. */
  readonly settle: (signal: AbortSignal) => Promise<void>;
  /** Public address of the gateway, where the figures of a report are found. */
  readonly endpoint: string;
  /** Seconds between two reports; null, and anything longer, means half the provider's report period. */
  readonly interval: number | null;
}

/** How many blocks the journal may be behind the head for its figures to count as complete. */
const KNOWN_ENOUGH = 64n;
/** Milliseconds of the chain's time for which the tree of a report is kept: 90 days, longer than a tenant may complain. */
const TREE_KEPT_FOR = 90 * 24 * 3_600 * 1_000;
const AFTER_FAILURE = { first: 1_000, longest: 30_000 };
/** Milliseconds for which the first report waits until every lease is known. */
const READING_PATIENCE = 3_600_000;

/** The provider's periodic word on chain, with the usage of all his leases. */
export class Reporter {
  readonly #parts: ReporterParts;
  #last: { readonly blockNumber: bigint; readonly at: number } | null = null;
  #billingStopsAt: string | null = null;
  readonly #madeAt: number;

  constructor(parts: ReporterParts) {
    this.#parts = parts;
    this.#madeAt = parts.clock.monotonic();
  }

  /**
   * Reports until the signal. The first report goes out as soon as the interval since the last one on chain is over, which may be
   * at once. A report that fails is tried again, sooner than the service clock can stop.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await clock.sleep(await this.untilDue(signal), signal);
        await this.report(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const retryInMs = backoffDelay(AFTER_FAILURE, failures, random());
        log.warn({ ...failureOf(error), failures, retryInMs, atRisk: this.#atRisk() }, "report failed");
        await clock.sleep(retryInMs, signal).catch(() => undefined);
      }
    }
  }

  /**
   * Milliseconds until the next report is due. The chain's times are compared with each other, the machine's with each other: the two
   * clocks may differ. Only for the first report the machine's, as it was when the daemon began, stands in for a chain that has made no
   * block for a while.
   */
  async untilDue(signal: AbortSignal): Promise<number> {
    const { chain, clock, interval } = this.#parts;
    const head = await chain.head(signal);
    const { lastReportAt, reportPeriod } = await chain.provider(head, signal);
    this.#billingStopsAt = new Date(Number(lastReportAt + reportPeriod) * 1_000).toISOString();
    const half = Number(reportPeriod) * 500;
    const wanted = interval === null ? half : Math.min(half, interval * 1_000);
    const byChain = Number(head.timestamp - lastReportAt) * 1_000;
    const last = this.#last;
    if (last === null) {
      const byMachine = clock.monotonic() - Number(lastReportAt) * 1_000;
      return Math.max(0, wanted - Math.max(byMachine, byChain));
    }
    const bySelf = clock.monotonic() - last.at;
    return Math.max(0, wanted - (head.number < last.blockNumber ? bySelf : Math.max(bySelf, byChain)));
  }

  /**
   * Builds the usage tree over all leases served, keeps it, and reports it. A report sets the service clock going for one report
   * period more, for every lease that is not paused: so what is not known to run is paused before it, and before the first one all
   * leases must be known, unless that has taken an hour already, since a provider who stays silent for days loses his collateral.
   * While a journal is rebuilt the report shows no figure: those that were reported before are not known yet, and none may go back.
   */
  async report(signal: AbortSignal): Promise<void> {
    const { chain, actions, journal, log, endpoint, usageOf, clock, settle } = this.#parts;
    if (this.#last === null && clock.monotonic() - this.#madeAt < READING_PATIENCE) {
      await requireAllLeases(this.#parts, signal);
    }
    await settle(signal);
    const head = await chain.head(signal);
    const leases = isBehind(journal, head) ? [] : await ourLeases(this.#parts, head, signal);
    const usages = figures(leases, usageOf);
    const { report, dump } = prepareReport(usages, endpoint);
    if (dump !== null) {
      const keptAt = Number(head.timestamp) * 1_000;
      journal.keepUsageTree(report.root, dump, keptAt);
      crashpoint("report-root-kept");
      journal.pruneUsageTrees(keptAt - TREE_KEPT_FOR);
    }
    const { root, transactionHash, blockNumber } = await actions.report(report, signal);
    this.#last = { blockNumber, at: clock.monotonic() };
    const fields = { leases: usages.length, transactionHash, blockNumber: String(blockNumber) };
    log.info({ root, ...fields }, "reported");
  }

  #atRisk(): string {
    const when =
      this.#billingStopsAt === null
        ? "one report period after the last report"
        : `at ${this.#billingStopsAt}`;
    return `the pay of every lease: without a report the service clock stops ${when}`;
  }
}

function isBehind(journal: Pick<Journal, "cursor">, head: ChainBlock): boolean {
  const cursor = journal.cursor();
  return cursor === null || cursor.blockNumber + KNOWN_ENOUGH < head.number;
}

/** Leases that the block shows as ours: naming any other would make the whole report fail. */
async function ourLeases(
  { chain, journal, provider }: ReporterParts,
  head: ChainBlock,
  signal: AbortSignal,
): Promise<readonly LeaseId[]> {
  const noted = journal.leaseNotes().map(({ leaseId }) => leaseId);
  if (noted.length === 0) return [];
  const leases = await chain.leases(noted, head, signal);
  const isOurs = (leaseId: LeaseId): boolean =>
    leases.get(leaseId)?.provider.toLowerCase() === provider.toLowerCase();
  return noted.filter(isOurs);
}
