// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import { expect } from "chai";
import { keepingLog } from "../test/logs.ts";
import { createFence } from "./fence.ts";
import type { TransactionSender } from "./transaction-sender.ts";

const never = new AbortController().signal;

describe("fence", () => {
  function fenced(ours: number | null) {
    const log = keepingLog();
    return { log, fence: createFence({ journal: { instance: () => ours }, log }) };
  }

  it("stands for our own instance, for an older one, and before any was claimed", () => {
    const { fence, log } = fenced(5);
    for (const current of [0, 4, 5]) fence.shown(current);
    const unclaimed = fenced(null);
    unclaimed.fence.shown(9);
    expect([fence.overtaken.aborted, unclaimed.fence.overtaken.aborted]).to.deep.equal([false, false]);
    expect(log.said).to.deep.equal([]);
  });

  it("falls with a newer instance, says so once and what to do, and stays down", () => {
    const { fence, log } = fenced(5);
    for (const current of [6, 7, 5]) fence.shown(current);
    expect(fence.overtaken.reason).to.be.instanceOf(PermanentError).and.include({ code: "E_INSTANCE_TAKEN" });
    expect(log.said).to.have.length(1);
    expect(log.said[0]?.fields["next"]).to.contain("--takeover");
  });

  it("ends what is on its way and begins nothing more", async () => {
    const { fence } = fenced(5);
    const begun: AbortSignal[] = [];
    const sender = {
      send: (_request: unknown, signal: AbortSignal) => {
        begun.push(signal);
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error));
        });
      },
      recover: async () => undefined,
    } as unknown as TransactionSender;
    const request = { purpose: "report", worth: "report", prepare: async () => null } as const;
    const going = fence
      .holding(sender)
      .send(request, never)
      .catch((error: unknown) => error);
    fence.shown(6);
    expect(await going).to.include({ code: "E_INSTANCE_TAKEN" });
    expect(begun[0]?.aborted).to.equal(true);
  });
});
