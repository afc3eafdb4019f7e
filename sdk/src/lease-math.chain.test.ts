// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import type { PublicClient } from "viem";
import { type ChainNode, startChainNode } from "../../scripts/lib/chain-node.ts";
import { driveLeases, type LeaseDriver, type LeaseTerms } from "../../test/helpers/lease-driver.ts";
import { type Step, walk, type Walked } from "../../test/helpers/lease-walk.ts";
import { deployLocalMarket } from "../../test/helpers/viem-market.ts";
import { connectMarket } from "./connect-market.ts";
import { costOf } from "./lease-math.ts";
import type { Market } from "./market.ts";

const LAPSE_PERIOD = 7_200n;
const RUNS = 20;
const MAX_STEPS = 24;
const OFFSETS = [-1n, 0n, 1n];
const RATE = 277_778n;
const CLOSES = ["closeByTenant", "closeByProvider"] as const;

const step = (edge: Step["edge"], offset: bigint, kind: Step["kind"]): Step => ({
  edge,
  offset,
  kind,
  seconds: 1_000n,
  jitter: 0n,
});

/** A lease of which the deposit pays `seconds`, no base unit more than that takes. */
const termsFor = (seconds: bigint, minPeriod: bigint, reportPeriod: bigint): LeaseTerms => ({
  milliRatePerSecond: RATE,
  minPeriod,
  reportPeriod,
  amount: costOf(RATE, seconds),
});

const rates = fc
  .integer({ min: 0, max: 73 })
  .chain((bits) => fc.bigInt({ min: 1n << BigInt(bits), max: (2n << BigInt(bits)) - 1n }));

const terms: fc.Arbitrary<LeaseTerms> = fc
  .record({
    milliRatePerSecond: rates,
    minPeriod: fc.oneof(fc.constantFrom(0n, 1n, 600n), fc.bigInt({ min: 0n, max: 7_200n })),
    reportPeriod: fc.bigInt({ min: 600n, max: 21_600n }),
    beyond: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 20_000n })),
    jitter: fc.bigInt({ min: 0n, max: 2n }),
  })
  .map(({ beyond, jitter, ...fixed }) => {
    const amount = costOf(fixed.milliRatePerSecond, fixed.minPeriod + beyond) + jitter;
    return { ...fixed, amount: amount > 0n ? amount : 1n };
  });

const times: fc.Arbitrary<Pick<Step, "edge" | "offset">> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ edge: fc.constant("soon" as const), offset: fc.bigInt({ min: 1n, max: 900n }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      edge: fc.constantFrom("depletion", "minimum", "silence", "lapse", "startBy"),
      offset: fc.constantFrom(...OFFSETS),
    }),
  },
);

const steps: fc.Arbitrary<Step> = fc
  .record({
    when: times,
    kind: fc.oneof<fc.WeightedArbitrary<Step["kind"]>[]>(
      { weight: 8, arbitrary: fc.constantFrom("settle", "pause", "resume", "topUp", "revive", "wait") },
      { weight: 3, arbitrary: fc.constant("report") },
      { weight: 1, arbitrary: fc.constantFrom("start", "closeByTenant", "closeByProvider") },
    ),
    seconds: fc.bigInt({ min: 0n, max: 20_000n }),
    jitter: fc.constantFrom(...OFFSETS),
  })
  .map(({ when, ...rest }) => ({ ...when, ...rest }));

describe("the mirror of the lease's formulas, against the contract", function () {
  this.timeout(180_000);
  let node: ChainNode;
  let market: Market;
  let driver: LeaseDriver;

  before(async () => {
    node = await startChainNode();
    const local = await deployLocalMarket(node.url, {
      lapsePeriod: LAPSE_PERIOD,
      disputeWindow: 3_600n,
      rulingPeriod: 3_600n,
    });
    const client = local.client as unknown as PublicClient;
    market = await connectMarket({ client, address: local.market, chainId: await client.getChainId() });
    driver = await driveLeases(local, LAPSE_PERIOD);
  });

  after(() => node?.stop());

  const walkOnce = async (leaseTerms: LeaseTerms, path: readonly Step[]): Promise<Walked> =>
    walk(market, await driver.open(leaseTerms), path);

  it("agrees to the unit one second before, at and after every edge of a lease's life", async () => {
    const edges: readonly (readonly [Step["edge"], LeaseTerms, readonly Step["kind"][]])[] = [
      ["depletion", termsFor(5_003n, 600n, 21_600n), ["wait", "settle", "pause", "revive", ...CLOSES]],
      ["depletion", termsFor(600n, 600n, 21_600n), ["wait", "settle", "closeByTenant"]],
      ["minimum", termsFor(5_003n, 600n, 21_600n), ["wait", "settle", "pause", ...CLOSES]],
      ["silence", termsFor(50_000n, 600n, 600n), ["wait", "settle", ...CLOSES]],
      ["silence", termsFor(50_000n, 700n, 600n), ["settle", "closeByTenant"]],
      ["lapse", termsFor(50_000n, 600n, 600n), ["wait", "settle", "pause", ...CLOSES]],
    ];
    const walked: Walked[] = [];
    for (const [edge, leaseTerms, kinds] of edges) {
      for (const [offset, kind] of OFFSETS.flatMap((offset) =>
        kinds.map((kind) => [offset, kind] as const),
      )) {
        const path = [step("soon", 7n, "start"), step(edge, offset, kind)];
        walked.push(
          await walkOnce(leaseTerms, [...path, step("soon", 1n, "resume"), step("soon", 3n, "settle")]),
        );
      }
    }
    for (const offset of OFFSETS) {
      for (const kind of ["start", "closeByTenant"] as const) {
        walked.push(await walkOnce(termsFor(5_003n, 600n, 21_600n), [step("startBy", offset, kind)]));
      }
    }
    expect([...new Set(walked.flatMap(({ statuses }) => statuses))]).to.have.members([
      "pending",
      "active",
      "paused",
      "depleted",
      "lapsed",
      "closed",
    ]);
    expect(walked.flatMap(({ taken }) => taken))
      .to.include(true)
      .and.to.include(false);
  });

  it("agrees to the unit after every step of any life", async () => {
    await fc.assert(
      fc.asyncProperty(
        terms,
        fc.array(steps, { minLength: 8, maxLength: MAX_STEPS }),
        async (leaseTerms, path) => {
          await walkOnce(leaseTerms, [step("soon", 10n, "start"), ...path]);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
