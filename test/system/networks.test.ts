// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { parseCidr } from "../../orchestrator/src/domain/cidr.ts";
import { patient } from "../../orchestrator/src/runtime/contract-fixtures.ts";
import { createDockerRuntime } from "../../orchestrator/src/runtime/docker/docker-runtime.ts";
import { OwnEngine, requireOwnEngine } from "../helpers/own-engine.ts";

const LEASES = 300;
/** 256 networks of 32 addresses, many times what the engine would give by itself. */
const POOL = "10.77.0.0/19";
const NETWORKS = 256;

describe("networks for more leases than the pool has room for", function () {
  this.timeout(300_000);
  let own: OwnEngine;

  before(async function () {
    requireOwnEngine(this);
    own = await OwnEngine.start(false);
  });
  after(() => own?.takeDown());

  it("are made until the pool is full, none over another, and each further one is refused in plain words", async () => {
    const runtime = createDockerRuntime({
      identity: { chainId: 31337, market: `0x${randomBytes(20).toString("hex")}` },
      publishAddress: "127.0.0.1",
      subnetPool: POOL,
      socketPath: own.socketPath,
      monotonic: () => performance.now(),
    });
    const outcomes: string[] = [];
    for (let leaseId = 1n; leaseId <= LEASES; leaseId += 1n) {
      const outcome = await runtime.createNetwork(leaseId, patient()).catch((error: unknown) => error);
      if (outcome instanceof BerthError) expect(outcome.next).to.contain("larger subnet pool");
      outcomes.push(outcome instanceof BerthError ? outcome.code : String(outcome));
    }
    expect(outcomes).to.deep.equal([
      ...Array<string>(NETWORKS).fill("created"),
      ...Array<string>(LEASES - NETWORKS).fill("E_SUBNETS_EXHAUSTED"),
    ]);
    const ranges = (await own.engine.docker.listNetworks())
      .flatMap(({ IPAM }) => (IPAM?.Config ?? []).flatMap(({ Subnet }) => parseCidr(Subnet ?? "") ?? []))
      .sort((a, b) => Number(a.first - b.first));
    expect(ranges).to.have.length(NETWORKS + 1);
    ranges.reduce((before, each) => {
      expect(each.first > before.last, `${each.text} lies over ${before.text}`).to.equal(true);
      return each;
    });
    await runtime.removeNetwork(7n, patient());
    expect(await runtime.createNetwork(300n, patient())).to.equal("created");
  });
});
