// SPDX-License-Identifier: Apache-2.0
import type { Usage } from "@berth/sdk";
import { expect } from "chai";
import { openJournal } from "./sqlite-journal.ts";
import { blockHash, owner } from "./test/endless-writer.ts";

const cursor = { blockNumber: 1n, blockHash: blockHash(1n), sequence: 1n };

function usage(leaseId: bigint, servedSeconds: bigint): Usage {
  const figures = {
    cpuMillisSeconds: 2n ** 63n,
    memoryMiBSeconds: 3n,
    networkRxBytes: 4n,
    networkTxBytes: 5n,
  };
  return { leaseId, measuredAt: 6n, servedSeconds, ...figures };
}

describe("what is remembered of reported usage", () => {
  const journal = openJournal(":memory:", owner);

  after(() => journal.close());

  it("is the last figure of each noted lease, exactly, and is forgotten with the lease", () => {
    const notes = [7n, 8n].map((leaseId) => ({ leaseId, manifestHash: blockHash(leaseId) }));
    expect(journal.reportedUsage(7n)).to.equal(null);
    journal.advance(cursor, notes, [usage(7n, 1n), usage(8n, 1n), usage(7n, 2n)]);
    expect(journal.reportedUsage(7n)).to.deep.equal(usage(7n, 2n));
    journal.forgetLease(7n);
    expect(journal.reportedUsage(7n)).to.equal(null);
    expect(journal.reportedUsage(8n)).to.deep.equal(usage(8n, 1n));
  });

  it("never brings back a lease that was forgotten", () => {
    journal.advance(cursor, [], [usage(7n, 3n)]);
    expect(journal.reportedUsage(7n)).to.equal(null);
    expect(journal.leaseNotes().map(({ leaseId }) => leaseId)).to.deep.equal([8n]);
  });

  it("trees are forgotten by their age, never the newest", () => {
    journal.keepUsageTree(blockHash(1n), "old", 100);
    journal.keepUsageTree(blockHash(2n), "newer", 200);
    journal.keepUsageTree(blockHash(3n), "newest", 300);
    const left = (): readonly (string | null)[] => [1n, 2n, 3n].map((n) => journal.usageTree(blockHash(n)));
    journal.pruneUsageTrees(200);
    expect(left()).to.deep.equal([null, "newer", "newest"]);
    journal.pruneUsageTrees(9_999);
    expect(left()).to.deep.equal([null, null, "newest"]);
  });

  it("of the outbox is forgotten what is over under an older nonce, never what may still be mined", () => {
    const add = (nonce: number): number =>
      journal.addToOutbox({ nonce, purpose: "p", rawTransaction: "0x02", hash: blockHash(9n), feeCap: 7n });
    const [mined, failed, , recent] = [add(1), add(2), add(3), add(4)];
    journal.setOutboxState(mined, "mined");
    journal.setOutboxState(failed, "failed");
    journal.setOutboxState(recent, "mined");
    journal.pruneOutbox(4);
    for (const id of [mined, failed, recent]) journal.setOutboxState(id, "sent");
    expect(journal.pendingOutbox().map(({ nonce, feeCap }) => [nonce, feeCap])).to.deep.equal([
      [3, 7n],
      [4, 7n],
    ]);
  });
});
