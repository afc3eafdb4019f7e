// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { suiteOf } from "./suites.ts";

describe("the suite of a file", () => {
  const expected: Readonly<Record<string, string | undefined>> = {
    "test/solidity/ledger.t.sol": "solidity",
    "test/contracts/leases/close.test.ts": "contracts",
    "test/gas/gas.test.ts": "gas",
    "test/simulation/simulation.test.ts": "simulation",
    "test/e2e/one-lease.test.ts": "e2e",
    "test/system/long.test.ts": "system",
    "orchestrator/src/runtime/docker/network.docker.test.ts": "docker",
    "orchestrator/src/chain/follower.chain.test.ts": "chain",
    "test/clock.chain.test.ts": "chain",
    "sdk/src/rates.test.ts": "unit",
    "scripts/lib/suites.test.ts": "unit",
    "test/e2e/one-lease.docker.test.ts": "e2e",
    "test/helpers/actors.ts": undefined,
    "sdk/src/rates.ts": undefined,
  };

  for (const [path, suite] of Object.entries(expected)) {
    it(`${path} belongs to ${suite ?? "none"}`, () => {
      expect(suiteOf(path)).to.equal(suite);
    });
  }
});
