// SPDX-License-Identifier: Apache-2.0
import { MAX_SERVICES, UserError } from "@berth/sdk";
import { expect } from "chai";
import fc from "fast-check";
import { ADDRESSES_FOR_SERVICES, freeSubnets, parseSubnetPool, subnetAt } from "./subnets.ts";

const pool = parseSubnetPool("10.200.0.0/14");

describe("subnets", () => {
  it("a /14 holds 8,192 leases, each with a /27 of its own", () => {
    expect(pool.size).to.equal(8_192);
    const all = new Set(Array.from({ length: pool.size }, (_, index) => subnetAt(pool, index).cidr));
    expect(all.size).to.equal(8_192);
    expect(subnetAt(pool, 0)).to.deep.equal({
      ...{ cidr: "10.200.0.0/27", gateway: "10.200.0.1", last: "10.200.0.30/27" },
    });
    expect(subnetAt(pool, 8_191)).to.deep.equal({
      ...{ cidr: "10.203.255.224/27", gateway: "10.203.255.225", last: "10.203.255.254/27" },
    });
  });

  it("a lease has an address for every service that a manifest may have, and for the provider's proxy", () => {
    expect(ADDRESSES_FOR_SERVICES).to.be.at.least(MAX_SERVICES + 1);
  });

  it("a lease is offered its own place first, and the next one when that is taken", () => {
    expect(freeSubnets(pool, 2n, [], 1)).to.deep.equal([subnetAt(pool, 2)]);
    expect(freeSubnets(pool, 2n, ["10.200.0.64/28"], 1)).to.deep.equal([subnetAt(pool, 3)]);
  });

  it("goes round the end of the pool", () => {
    const last = BigInt(pool.size - 1);
    expect(freeSubnets(pool, last, ["10.203.255.240/28"], 1)).to.deep.equal([subnetAt(pool, 0)]);
  });

  it("a larger network in the way blocks every /27 in it, a network of another family none", () => {
    expect(freeSubnets(pool, 0n, ["10.200.0.0/16", "fd00::/64"], 1)[0]?.cidr).to.equal("10.201.0.0/27");
  });

  it("a full pool offers nothing", () => {
    expect(freeSubnets(pool, 5n, ["10.0.0.0/8"], 8)).to.deep.equal([]);
  });

  it("leases that take what they are offered, one after the other, never share an address", () => {
    const small = parseSubnetPool("192.168.4.0/24");
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n }), { maxLength: 12 }), (leases) => {
        const taken: string[] = [];
        for (const lease of leases)
          taken.push(...freeSubnets(small, lease, taken, 1).map(({ cidr }) => cidr));
        expect(new Set(taken).size).to.equal(taken.length);
        expect(taken.length).to.equal(Math.min(leases.length, small.size));
      }),
    );
  });

  for (const bad of [
    "",
    "10.200.0.0",
    "10.200.0.0/28",
    "10.200.0.32/26",
    "10.300.0.0/16",
    "fd00::/64",
    "10.0.0.0/33",
  ]) {
    it(`refuses "${bad}" as a pool`, () => {
      expect(() => parseSubnetPool(bad))
        .to.throw(UserError)
        .with.property("code", "E_SUBNET_POOL");
    });
  }
});
