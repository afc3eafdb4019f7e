// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { labelled } from "../helpers/labelled.ts";
import { startNpmStart, type Line } from "../helpers/npm-start.ts";
import { requireEngine } from "../helpers/stage.ts";

describe("the demonstration, interrupted", function () {
  this.timeout(240_000);
  let present: readonly string[];
  let lines: readonly Line[];

  before(async function () {
    await requireEngine(this);
    present = await labelled();
    const demonstration = startNpmStart("--json");
    await demonstration.line(({ step }) => step === "metered");
    demonstration.interrupt();
    ({ lines } = await demonstration.ended);
  });

  it("shows the money of the lease until then", () => {
    const metered = lines.find(({ step }) => step === "metered");
    const [deposited, refundable] = [metered?.["deposited"], metered?.["refundable"]].map((units) =>
      BigInt(String(units)),
    );
    expect(deposited).to.equal(1_000_000n);
    expect((refundable ?? 0n) <= 1_000_000n && (refundable ?? 0n) > 0n).to.equal(true);
  });

  it("closes the lease and pays both sides out", () => {
    const done = lines.filter(({ event }) => event === "done").map(({ step }) => step);
    expect(done.slice(-4)).to.deep.equal(["closing", "clearing", "withdrawing", "claiming"]);
  });

  it("leaves no container, network or volume behind", async () => {
    expect(await labelled()).to.have.members(present);
  });
});

describe("the demonstration, when nobody reads it any more", function () {
  this.timeout(240_000);

  it("leaves no container, network or volume behind", async function () {
    await requireEngine(this);
    const present = await labelled();
    const demonstration = startNpmStart("--json");
    await demonstration.line(({ step }) => step === "metered");
    expect(await labelled()).not.to.have.members(present);
    demonstration.hangUp();
    await demonstration.ended;
    expect(await labelled()).to.have.members(present);
  });
});
