// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { labelled } from "../helpers/labelled.ts";
import { startNpmStart, type Line } from "../helpers/npm-start.ts";
import { requireEngine } from "../helpers/stage.ts";

const PHASES = ["matching", "funding", "starting", "healthy", "metering"];

describe("the main job", function () {
  this.timeout(240_000);
  let present: readonly string[];
  let lines: readonly Line[];
  let code: number | null;
  let stderr: string;

  before(async function () {
    await requireEngine(this);
    present = await labelled();
    ({ lines, code, stderr } = await startNpmStart("--once", "--json").ended);
  });

  it("lives one lease to its end and exits 0", () => {
    expect(code, stderr + JSON.stringify(lines.at(-1))).to.equal(0);
  });

  it("prints JSON lines alone, each with its step and time, and the summary as the last", () => {
    for (const line of lines.slice(0, -1)) {
      expect(line).to.have.property("step").that.is.a("string");
      expect(Date.parse(String(line["at"]))).to.be.a("number").and.not.NaN;
    }
    expect(lines.at(-1)).to.have.all.keys("summary");
  });

  it("goes through every phase in order", () => {
    const done = lines.filter(({ event }) => event === "done").map(({ step }) => String(step));
    expect(done.filter((step) => PHASES.includes(step))).to.deep.equal(PHASES);
  });

  it("serves the page over HTTP and reports at least twice", () => {
    const { summary } = lines.at(-1) as { summary: { httpStatus: number; reports: number; url: string } };
    expect(summary.httpStatus).to.equal(200);
    expect(summary.reports).to.be.at.least(2);
    expect(summary.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("shares out every unit: deposited is paid and refunded, and claimed is paid", () => {
    const { summary } = lines.at(-1) as { summary: Record<string, string> };
    const units = (name: string): bigint => BigInt(summary[name] ?? "");
    expect(units("deposited")).to.equal(1_000_000n);
    expect(units("paid") + units("refunded")).to.equal(units("deposited"));
    expect(units("claimed")).to.equal(units("paid"));
    expect(units("paid") > 0n).to.equal(true);
  });

  it("measures every phase", () => {
    const { summary } = lines.at(-1) as { summary: { phasesMs: Record<string, number> } };
    expect(Object.keys(summary.phasesMs)).to.have.members(PHASES);
    for (const ms of Object.values(summary.phasesMs)) expect(ms).to.be.a("number").and.at.least(0);
  });

  it("leaves no container, network or volume behind", async () => {
    expect(await labelled()).to.have.members(present);
  });
});
