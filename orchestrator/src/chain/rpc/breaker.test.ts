// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { Breaker } from "./breaker.ts";

describe("circuit breaker", () => {
  let now: number;
  let breaker: Breaker;

  beforeEach(() => {
    now = 1_000;
    const patience = { first: 100, longest: 400 };
    breaker = new Breaker({ patience, now: () => now, random: () => 1 });
  });

  /** Fails, and answers after how many milliseconds it may be examined. */
  function failAndWait(): number {
    breaker.failed();
    const from = now;
    while (breaker.circuit() === "open") now += 1;
    return now - from;
  }

  it("begins unknown: nobody is trusted before an examination", () => {
    expect(breaker.circuit()).to.equal("unknown");
    breaker.succeeded();
    expect(breaker.circuit()).to.equal("unknown");
    breaker.examined();
    expect(breaker.circuit()).to.equal("closed");
  });

  it("opens with a failure, and is unknown after a while, never closed by time alone", () => {
    breaker.examined();
    expect(failAndWait()).to.equal(100);
    now += 1_000_000;
    expect(breaker.circuit()).to.equal("unknown");
  });

  it("is left alone longer with each failure in a row, up to the longest, and as before once a read succeeded", () => {
    expect([failAndWait(), failAndWait(), failAndWait(), failAndWait()]).to.deep.equal([100, 200, 400, 400]);
    breaker.examined();
    expect(failAndWait()).to.equal(400);
    breaker.examined();
    breaker.succeeded();
    expect(failAndWait()).to.equal(100);
  });

  it("late failures of an open circuit keep it open no longer", () => {
    breaker.failed();
    for (let late = 0; late < 10; late += 1) breaker.failed();
    now += 100;
    expect(breaker.circuit()).to.equal("unknown");
  });
});
