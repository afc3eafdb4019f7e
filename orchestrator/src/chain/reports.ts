// SPDX-License-Identifier: Apache-2.0
import { marketCalls } from "@berth/sdk";
import type { ReportReceipt, UsageReport } from "../ports/market-chain.ts";
import { readPast } from "./caught-up.ts";
import { withoutEffect } from "./effects.ts";
import type { MarketActionsOptions } from "./market-actions.ts";
import { ownInstance } from "./own-instance.ts";
import { readChain, readWith } from "./read.ts";

/**
 * Sends reports. One that a block holds, and whose effect could not be read, is judged before another is sent: where it took effect,
 * it is the report that was asked for, and its receipt is the answer.
 */
export function createReports(
  options: MarketActionsOptions,
): (report: UsageReport, signal: AbortSignal) => Promise<ReportReceipt> {
  const { sender, market, provider, journal } = options;
  const { report: call } = marketCalls(market.address);
  let unjudged: ReportReceipt | null = null;
  const judge = async (receipt: ReportReceipt, signal: AbortSignal): Promise<string | null> => {
    unjudged = receipt;
    const found = await lookFor(options, receipt, signal);
    unjudged = null;
    return found;
  };
  return async ({ root, uri, entries }, signal) => {
    const earlier = unjudged;
    if (earlier !== null && (await judge(earlier, signal)) === null) return earlier;
    const prepare = async () =>
      call({ provider, instance: ownInstance(journal), usageRoot: root, uri, entries });
    const mined = await sender.send({ purpose: "report", worth: "report", prepare }, signal);
    const receipt = { transactionHash: mined.hash, blockNumber: mined.blockNumber, root };
    const found = await judge(receipt, signal);
    if (found !== null) throw withoutEffect("report", mined, found);
    return receipt;
  };
}

/** What the receipt's block shows in the place of the report; null where it shows the report. */
async function lookFor(
  { market, provider, clock }: MarketActionsOptions,
  { blockNumber }: ReportReceipt,
  signal: AbortSignal,
): Promise<string | null> {
  const { client } = market;
  return readPast({ client, clock }, blockNumber, signal, async () => {
    const { lastReportAt } = await readChain(signal, () =>
      market.providerOf(provider, { blockNumber, signal }),
    );
    const { timestamp } = await readWith(client, signal, (reader) => reader.getBlock({ blockNumber }));
    return lastReportAt === timestamp ? null : `the last report was at ${lastReportAt}`;
  });
}
