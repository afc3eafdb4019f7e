// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { campaignFrom, runCampaign, type Findings } from "../differential/campaign.ts";
import { FUNCTIONS } from "../differential/choose.ts";
import { drawTable, missedCells } from "../differential/table.ts";

const LIMIT_MS = 20 * 60_000;

/** Tried elsewhere, by a token that calls back; and of a library, for names longer than the market's own. */
const UNREACHABLE_ERRORS = ["ReentrancyGuardReentrantCall", "StringTooLong"];
/** Declared by a library for contracts whose name can change. */
const UNREACHABLE_EVENTS = ["EIP712DomainChanged"];

describe("the market beside a model of its specification", () => {
  let found: Findings | undefined;

  function findings(): Findings {
    if (found === undefined) throw new Error("the sequences came to no end");
    return found;
  }

  it("says, stores and refuses what the model does, in random sequences", async function () {
    this.timeout(LIMIT_MS);
    found = await runCampaign(campaignFrom(process.env), console.log);
    console.log(drawTable(found.counts));
  });

  it("was called through every function that changes something, each with success", () => {
    const { functions, counts } = findings();
    expect([...FUNCTIONS].sort()).to.deep.equal([...functions].sort());
    expect(functions.filter((name) => !counts.functions.has(name))).to.deep.equal([]);
  });

  it("came to every cell of the table of statuses and functions", () => {
    expect(missedCells(findings().counts)).to.deep.equal([]);
  });

  it("named every error that can be reached", () => {
    const { errors, counts } = findings();
    const missed = errors.filter((name) => !counts.errors.has(name));
    expect(missed.sort()).to.deep.equal([...UNREACHABLE_ERRORS].sort());
  });

  it("emitted every event that can be reached", () => {
    const { events, counts } = findings();
    const missed = events.filter((name) => !counts.events.has(name));
    expect(missed).to.deep.equal(UNREACHABLE_EVENTS);
  });
});
