// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { type ChainNode, startAnvil } from "../../scripts/lib/chain-node.ts";
import { CHAIN, deployMarket, type SimulatedMarket } from "./market.ts";
import { tellNode } from "./node-rpc.ts";
import { type Outcome, simulate } from "./simulate.ts";

const HOURS = 3;
/** What came to light when a seed was first played. */
const SEEDS: Readonly<Record<string, string>> = {
  1: "nothing yet",
  2: "an HTTP 429 at the start ended the daemon",
  3: "a lagging RPC froze paid workloads",
  4: "reports failed a dozen times in a row, and a finished job was billed on",
};

describe("a provider's hours on simulated time", () => {
  let node: ChainNode;
  let market: SimulatedMarket;
  const outcomes: Outcome[] = [];

  before(async () => {
    node = await startAnvil(CHAIN);
    market = await deployMarket(node.url);
  });

  after(() => node.stop());

  for (const [seed, found] of Object.entries(SEEDS)) {
    it(`seed ${seed} violates no law (${found})`, async () => {
      const snapshot = await tellNode<string>(node.url, "evm_snapshot");
      const outcome = await simulate(market, BigInt(seed), HOURS);
      await tellNode(node.url, "evm_revert", [snapshot]);
      expect(outcome.violations, outcome.log.slice(-40).join("\n")).to.deep.equal([]);
      outcomes.push(outcome);
    });
  }

  it("all of them together were hours of trouble", () => {
    const sum = (what: string): number =>
      outcomes.reduce((total, { happened }) => total + (happened[what] ?? 0), 0);
    for (const what of ["started", "paused", "closed", "reorgedBlocks", "crashes"])
      expect(sum(what), what).to.be.greaterThan(0);
    expect(sum("daemonStops") + sum("daemonCuts")).to.be.greaterThan(0);
    expect(sum("rpcCalls")).to.be.greaterThan(1_000);
  });
});
