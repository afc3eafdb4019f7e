// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { container, hashOf, observed, provider, service } from "../test/builders.ts";
import { identity } from "../test/daemon.ts";
import { ManualClock } from "../test/manual-clock.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { adoptPorts, PortBook } from "./port-book.ts";

const pool = { first: 20_000, last: 20_003 };
const web = service("web", { ports: [{ containerPort: 80, protocol: "tcp" }] });
const both = service("web", {
  ports: [
    { containerPort: 8080, protocol: "tcp", appProtocol: "http" },
    { containerPort: 53, protocol: "udp" },
  ],
});

function open(hasProxy = false) {
  const journal = openJournal(":memory:", { ...identity, provider });
  const clock = new ManualClock();
  return { journal, clock, book: new PortBook({ journal, clock, pool, hasProxy }) };
}

function portOf(book: PortBook, leaseId: bigint, spec = web): number | undefined {
  return book.placed(leaseId, spec).ports[0]?.hostPort;
}

describe("the book of ports", () => {
  it("gives a service a port that it keeps, over a new daemon too", () => {
    const { journal, clock, book } = open();
    book.reserve(7n, [web]);
    const port = portOf(book, 7n);
    expect(port).to.be.within(20_000, 20_003);
    book.reserve(7n, [web]);
    const next = new PortBook({ journal, clock, pool, hasProxy: false });
    next.reserve(7n, [web]);
    expect(portOf(next, 7n)).to.equal(port);
  });

  it("never gives two leases one port, and says when there is none left", () => {
    const { book } = open();
    for (const leaseId of [1n, 2n, 3n, 4n]) book.reserve(leaseId, [web]);
    expect(new Set([1n, 2n, 3n, 4n].map((leaseId) => portOf(book, leaseId))).size).to.equal(4);
    expect(() => book.reserve(5n, [web]))
      .to.throw()
      .with.property("code", "E_PORTS_EXHAUSTED");
    expect(portOf(book, 5n)).to.equal(undefined);
  });

  it("takes back what a lease publishes no more, and all of a lease that is forgotten", () => {
    const { journal, book } = open();
    for (const leaseId of [1n, 2n, 3n, 4n]) book.reserve(leaseId, [web]);
    book.reserve(1n, [service("web")]);
    journal.forgetLease(2n);
    book.reserve(5n, [web]);
    book.reserve(6n, [web]);
    expect(journal.publishedPorts().map(({ leaseId }) => leaseId)).to.have.members([3n, 4n, 5n, 6n]);
  });

  it("needs none for what a proxy answers for", () => {
    const withProxy = open(true);
    withProxy.book.reserve(7n, [both]);
    expect(withProxy.book.placed(7n, both).ports.map(({ hostPort }) => hostPort !== undefined)).to.deep.equal(
      [false, true],
    );
    const without = open();
    without.book.reserve(7n, [both]);
    expect(without.book.placed(7n, both).ports.every(({ hostPort }) => hostPort !== undefined)).to.equal(
      true,
    );
  });

  it("does not try a port that somebody else holds for ten minutes", async () => {
    const { book, clock } = open();
    book.reserve(7n, [web]);
    const first = portOf(book, 7n) ?? 0;
    book.giveUp(7n, "web", first);
    expect(portOf(book, 7n)).to.equal(undefined);
    book.reserve(7n, [web]);
    expect(portOf(book, 7n)).not.to.equal(first);
    book.giveUp(7n, "web", null);
    await clock.advance(600_000);
    book.reserve(7n, [web]);
    expect(portOf(book, 7n)).to.equal(first);
  });
});

describe("a lost book of ports", () => {
  const publishes = [{ containerPort: 80, protocol: "tcp", hostPort: 20_002 }] as const;
  const hashes = new Map([[7n, hashOf("a")]]);

  it("is written again from what containers publish, whether they run or not", () => {
    for (const state of ["running", "exited", "created"] as const) {
      const { journal, book } = open();
      adoptPorts(journal, [observed([container("web", { state, publishes })])], hashes);
      expect(portOf(book, 7n)).to.equal(20_002);
      book.reserve(7n, [web]);
      expect(portOf(book, 7n)).to.equal(20_002);
    }
  });

  it("takes nothing of an earlier manifest's containers, which are to go", () => {
    const { journal } = open();
    adoptPorts(journal, [observed([container("web", { publishes })])], new Map([[7n, hashOf("b")]]));
    expect(journal.publishedPorts()).to.deep.equal([]);
  });

  it("leaves a port with the lease that has it", () => {
    const { journal } = open();
    const theirs = {
      leaseId: 8n,
      service: "web",
      containerPort: 80,
      protocol: "tcp",
      hostPort: 20_002,
    } as const;
    journal.setPublishedPorts(8n, [theirs]);
    adoptPorts(journal, [observed([container("web", { publishes })])], hashes);
    expect(journal.publishedPorts()).to.deep.equal([theirs]);
    expect(() => journal.setPublishedPorts(7n, [{ ...theirs, leaseId: 7n }])).to.throw();
    expect(journal.publishedPorts()).to.deep.equal([theirs]);
  });
});
