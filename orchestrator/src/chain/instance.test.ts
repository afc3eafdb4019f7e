// SPDX-License-Identifier: Apache-2.0
import { PermanentError, type ProviderSummary, UserError } from "@berth/sdk";
import { expect } from "chai";
import { purposeOfClaim } from "./claims.ts";
import { ensureInstance } from "./instance.ts";
import { createFakeChain, providerWith } from "./test/fake-chain.ts";

interface Case {
  readonly journal: number | null;
  readonly chain: bigint;
  /** What the newest block shows, where that is not what the one does that is acted on. */
  readonly newest?: number;
  /** Instances whose mined claim a reorganisation took back. */
  readonly takenBack?: readonly number[];
  readonly takeover?: boolean;
  /** Instances whose claim is mined by the journal's account. */
  readonly mined?: readonly number[];
  /** Instances whose claim is signed and not seen through. */
  readonly begun?: readonly number[];
  /** What a recovery finds of them: mined, refused in its block, or open still. */
  readonly fate?: "mined" | "failed" | "open";
  readonly summary?: Partial<ProviderSummary>;
}

describe("instance", () => {
  const { signal } = new AbortController();
  const kept = { ours: 5, claimed: [], noted: 5 };

  /** The answer, and the instances that were claimed on the way. */
  async function ensure({ journal, chain, takeover = false, summary = {}, ...outbox }: Case) {
    const claimed: number[] = [];
    let [mined, begun] = [outbox.mined ?? [], outbox.begun ?? []];
    let noted = journal;
    const ours = await ensureInstance(
      {
        chain: {
          head: createFakeChain().head,
          provider: async () => ({ ...providerWith(0n), instance: chain, ...summary }),
        },
        actions: {
          claimInstance: async (expected) => {
            claimed.push(expected);
            return expected + 1;
          },
        },
        journal: {
          instance: () => noted,
          setInstance: (instance) => void (noted = instance),
          minedFor: (purpose) =>
            mined.filter((each) => purposeOfClaim(each) === purpose).map((each) => `0x${each}` as const),
          pendingOutbox: () =>
            begun.map((instance) => ({
              id: instance,
              nonce: instance,
              purpose: purposeOfClaim(instance),
              rawTransaction: "0x",
              hash: "0x",
              feeCap: null,
              state: "sent",
            })),
        },
        newest: async (hashes) => ({
          instance: outbox.newest ?? Number(chain),
          isHeld: hashes.some((hash) => !(outbox.takenBack ?? []).includes(Number(hash))),
        }),
        recover: async () => {
          if (outbox.fate === "mined") mined = [...mined, ...begun];
          if (outbox.fate !== "open") begun = [];
        },
        takeover,
      },
      signal,
    );
    return { ours, claimed, noted };
  }

  it("is claimed on the first boot", async () => {
    expect(await ensure({ journal: null, chain: 4n })).to.deep.equal({ ours: 5, claimed: [4], noted: null });
  });

  it("is kept at every later boot, without a transaction", async () => {
    expect(await ensure({ journal: 5, chain: 5n })).to.deep.equal(kept);
    expect(await ensure({ journal: 5, chain: 5n, takeover: true })).to.deep.equal(kept);
  });

  it("is kept when the block that is read is older than the claim", async () => {
    expect(await ensure({ journal: 5, chain: 4n, newest: 5 })).to.deep.equal(kept);
    expect(await ensure({ journal: 5, chain: 4n, newest: 5, mined: [4, 5] })).to.deep.equal(kept);
  });

  for (const [chain, newest] of [
    [4n, 4],
    [3n, 3],
    [4n, 6],
  ] as const) {
    it(`that the journal alone tells of is not trusted where the newest block shows ${newest}`, async () => {
      const error = await ensure({ journal: 5, chain, newest }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(PermanentError).and.include({ code: "E_INSTANCE_TAKEN" });
      expect((error as PermanentError).next).to.contain("--takeover");
    });
  }

  it("that a reorganisation took back is claimed again where the claim is ours and nobody has claimed since", async () => {
    const again = { ours: 5, claimed: [4], noted: 5 };
    expect(await ensure({ journal: 5, chain: 4n, mined: [5], takenBack: [5] })).to.deep.equal(again);
    expect(await ensure({ journal: 5, chain: 4n, takeover: true })).to.deep.equal(again);
  });

  it("that a reorganisation took back with the one before it is not claimed again by itself", async () => {
    const lost = { journal: 5, chain: 3n, mined: [5], takenBack: [5] };
    const error = await ensure(lost).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(PermanentError).and.include({ code: "E_INSTANCE_TAKEN" });
    const claim = { ours: 4, claimed: [3], noted: 5 };
    expect(await ensure({ ...lost, takeover: true })).to.deep.equal(claim);
  });

  it("that a reorganisation took back, and another daemon made anew under the same number, is the other's", async () => {
    const lost = { journal: 5, chain: 5n, mined: [5], takenBack: [5] };
    const error = await ensure(lost).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(PermanentError).and.include({ code: "E_INSTANCE_TAKEN" });
    expect(await ensure({ ...lost, takeover: true })).to.deep.equal({ ours: 6, claimed: [5], noted: 5 });
    expect(await ensure({ ...lost, takenBack: [] })).to.deep.equal(kept);
  });

  it("before the one that a reorganisation took back is ours where we had claimed it too", async () => {
    const before = { ours: 4, claimed: [], noted: 4 };
    expect(await ensure({ journal: 5, chain: 4n, mined: [4, 5], takenBack: [5] })).to.deep.equal(before);
  });

  it("that an earlier run claimed, and died before it could note it, is ours without another transaction", async () => {
    const adopted = { ours: 6, claimed: [], noted: 6 };
    expect(await ensure({ journal: null, chain: 6n, mined: [6] })).to.deep.equal(adopted);
    expect(await ensure({ journal: 5, chain: 6n, mined: [6] })).to.deep.equal(adopted);
    expect(await ensure({ journal: 5, chain: 6n, mined: [6], takeover: true })).to.deep.equal(adopted);
  });

  it("that an earlier run claimed is not ours any more once another daemon has claimed", async () => {
    const error = await ensure({ journal: 5, chain: 7n, mined: [5, 6] }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(PermanentError).and.include({ code: "E_INSTANCE_TAKEN" });
  });

  it("whose takeover was signed before the daemon died is ours once that claim is mined, without being asked for again", async () => {
    const adopted = { ours: 7, claimed: [], noted: 7 };
    expect(await ensure({ journal: 5, chain: 7n, begun: [7], fate: "mined" })).to.deep.equal(adopted);
    expect(await ensure({ journal: 5, chain: 6n, begun: [7], fate: "mined" })).to.deep.equal(adopted);
  });

  it("whose takeover was signed and is taken by no block is claimed anew, for it was asked for", async () => {
    const claim = { ours: 7, claimed: [6], noted: 5 };
    expect(await ensure({ journal: 5, chain: 6n, begun: [7], fate: "open" })).to.deep.equal(claim);
  });

  it("whose takeover was signed and came too late is the other daemon's", async () => {
    for (const [chain, fate] of [
      [7n, "failed"],
      [6n, "failed"],
      [8n, "mined"],
      [7n, "open"],
    ] as const) {
      const error = await ensure({ journal: 5, chain, begun: [7], fate }).catch((thrown: unknown) => thrown);
      expect(error, `${chain} ${fate}`).to.be.instanceOf(PermanentError);
      expect(error).to.include({ code: "E_INSTANCE_TAKEN" });
    }
  });

  it("that another daemon took is not taken back by itself", async () => {
    const error = await ensure({ journal: 5, chain: 6n }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(PermanentError).and.include({ code: "E_INSTANCE_TAKEN" });
    expect((error as PermanentError).atRisk).to.contain("nothing runs twice");
    expect((error as PermanentError).next).to.contain("--takeover");
  });

  it("that another daemon took is taken back when a person says so", async () => {
    expect(await ensure({ journal: 5, chain: 6n, takeover: true })).to.deep.equal({
      ours: 7,
      claimed: [6],
      noted: 5,
    });
  });

  it("is not claimed for somebody who is not registered", async () => {
    const error = await ensure({ journal: null, chain: 0n, summary: { reportPeriod: 0n } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(UserError).and.include({ code: "E_PROVIDER_NOT_REGISTERED" });
  });
});
