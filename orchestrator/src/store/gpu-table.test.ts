// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { openJournal } from "./sqlite-journal.ts";
import { owner } from "./test/endless-writer.ts";

const gpu = (uuid: string) => ({ vendor: "nvidia", uuid }) as const;

describe("the journal on GPUs", () => {
  it("remembers which GPUs a lease has, in their order, and whose each is", () => {
    const journal = openJournal(":memory:", owner);
    journal.holdGpus(7n, [gpu("GPU-2"), gpu("GPU-1")]);
    journal.holdGpus(12n, [gpu("GPU-3")]);
    expect(journal.gpus(7n)).to.deep.equal([gpu("GPU-2"), gpu("GPU-1")]);
    expect(journal.gpus(8n)).to.deep.equal([]);
    expect([...journal.gpuHolders()]).to.have.deep.members([
      ["GPU-1", 7n],
      ["GPU-2", 7n],
      ["GPU-3", 12n],
    ]);
    journal.close();
  });

  it("gives no GPU to two leases, and changes nothing where it is asked to", () => {
    const journal = openJournal(":memory:", owner);
    journal.holdGpus(7n, [gpu("GPU-1")]);
    journal.holdGpus(8n, [gpu("GPU-2")]);
    expect(() => journal.holdGpus(8n, [gpu("GPU-3"), gpu("GPU-1")])).to.throw();
    expect(journal.gpus(7n)).to.deep.equal([gpu("GPU-1")]);
    expect(journal.gpus(8n)).to.deep.equal([gpu("GPU-2")]);
    journal.close();
  });

  it("frees them when the lease is forgotten", () => {
    const journal = openJournal(":memory:", owner);
    journal.holdGpus(7n, [gpu("GPU-1")]);
    journal.forgetLease(7n);
    expect([...journal.gpuHolders()]).to.deep.equal([]);
    journal.close();
  });
});
