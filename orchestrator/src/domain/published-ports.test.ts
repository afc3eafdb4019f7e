// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import { expect } from "chai";
import fc from "fast-check";
import {
  assignPorts,
  hostPortKey,
  parsePortPool,
  type PublishedPort,
  type WantedPort,
} from "./published-ports.ts";

const pool = { first: 20_000, last: 20_049 };
const NOBODY = new Set<string>();

const wantedPort = fc.record({
  leaseId: fc.bigInt({ min: 1n, max: 6n }),
  service: fc.constantFrom("web", "db"),
  containerPort: fc.integer({ min: 1, max: 4 }),
  protocol: fc.constantFrom("tcp" as const, "udp" as const),
});
const wantedPorts = fc.uniqueArray(wantedPort, { selector: keyOf, maxLength: 40 });

function keyOf({ leaseId, service, containerPort, protocol }: WantedPort): string {
  return `${leaseId}/${service}/${containerPort}/${protocol}`;
}

function assignAll(
  wanted: readonly WantedPort[],
  kept: readonly PublishedPort[] = [],
): readonly PublishedPort[] {
  return assignPorts(pool, wanted, kept, NOBODY);
}

describe("ports of the host", () => {
  it("are read as a range from 1024 to 65535", () => {
    expect(parsePortPool("20000-29999")).to.deep.equal({ first: 20_000, last: 29_999 });
    expect(parsePortPool("1024-1024")).to.deep.equal({ first: 1_024, last: 1_024 });
    for (const text of [
      "1023-2000",
      "0-0",
      "2-1",
      "20000-65536",
      "20000",
      "-1-5",
      "1e4-2e4",
      " 20000-20001",
      "",
    ])
      expect(parsePortPool(text), text).to.equal(null);
  });

  it("lie in the pool, and no two of one protocol are the same", () => {
    fc.assert(
      fc.property(wantedPorts, (wanted) => {
        const ports = assignAll(wanted);
        expect(ports).to.have.length(wanted.length);
        expect(new Set(ports.map(hostPortKey)).size).to.equal(wanted.length);
        for (const { hostPort } of ports) expect(hostPort).to.be.within(pool.first, pool.last);
      }),
    );
  });

  it("stay those that a service has, whoever else asks, and are nobody else's", () => {
    fc.assert(
      fc.property(wantedPorts, fc.nat(40), (wanted, cut) => {
        const kept = assignAll(wanted.slice(0, cut));
        const all = assignAll(wanted, kept);
        expect(all.slice(0, cut)).to.deep.equal(kept);
        expect(new Set(all.map(hostPortKey)).size).to.equal(wanted.length);
      }),
    );
  });

  it("are the same again where nothing is remembered and nobody else is there", () => {
    fc.assert(
      fc.property(wantedPort, (wanted) => {
        expect(assignAll([wanted])).to.deep.equal(assignAll([wanted]));
      }),
    );
  });

  it("are none that somebody else on the host holds", () => {
    fc.assert(
      fc.property(wantedPort, fc.integer({ min: 1, max: 49 }), (wanted, count) => {
        const held = new Set<string>();
        for (let taken = 0; taken < count; taken += 1) {
          const [port] = assignPorts(pool, [wanted], [], held);
          if (port === undefined) return expect.fail("no port was assigned");
          expect(held.has(hostPortKey(port))).to.equal(false);
          held.add(hostPortKey(port));
        }
        expect(held.size).to.equal(count);
      }),
    );
  });

  it("number one a protocol: what tcp takes, udp may have", () => {
    const one = { first: 20_000, last: 20_000 };
    const both = (["tcp", "udp"] as const).map((protocol) => ({
      leaseId: 1n,
      service: "dns",
      containerPort: 53,
      protocol,
    }));
    expect(assignPorts(one, both, [], NOBODY).map(({ hostPort }) => hostPort)).to.deep.equal([
      20_000, 20_000,
    ]);
  });

  it("are refused for good where the pool has none left", () => {
    const all = Array.from({ length: 51 }, (_, id): WantedPort => ({
      leaseId: 1n,
      service: "web",
      containerPort: id + 1,
      protocol: "tcp",
    }));
    expect(assignAll(all.slice(1))).to.have.length(50);
    expect(() => assignAll(all))
      .to.throw(PermanentError, /No port of 20000-20049 is free/)
      .with.property("code", "E_PORTS_EXHAUSTED");
  });
});
