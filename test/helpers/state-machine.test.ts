// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { parseStateMachine, tableUnder } from "./state-machine.ts";
import type { Line } from "./state-machine.ts";

const COLUMNS = "| call | who | None | Pending | Active | Paused | Depleted | Lapsed | Closed |";

/** A page with one row, whose cell for Active is given. */
function page(active: string, who = "anyone"): string {
  const cells = ["skipped", "skipped", active, "skipped", "skipped", "skipped", "skipped"];
  return `# Page\n\n## The table\n\nWords.\n\n${COLUMNS}\n|---|\n| close | ${who} | ${cells.join(" | ")} |\n\nMore.\n`;
}

function linesOf(active: string): Omit<Line, "text">[] {
  const lines = parseStateMachine(page(active))[0]?.cells.get("Active") ?? [];
  return lines.map(({ outcome, callers, facts }) => ({ outcome, callers, facts }));
}

describe("the page of state machines", () => {
  it("reads a line: outcome, callers, facts", () => {
    expect(linesOf("settled for tenant or delegate if silent and not over")).to.deep.equal([
      {
        outcome: { kind: "settled" },
        callers: ["tenant", "delegate"],
        facts: [
          { fact: "silent", holds: true },
          { fact: "over", holds: false },
        ],
      },
    ]);
  });

  it("reads every kind of outcome, in the order of the cell", () => {
    const cell = "LeaseRetained if over; refused if late; unknown if early; Lapsed, forfeited; Paused; same";
    expect(linesOf(cell).map(({ outcome }) => outcome)).to.deep.equal([
      { kind: "refused", error: "LeaseRetained" },
      { kind: "refused", error: "LeaseStatusUnexpected" },
      { kind: "refused", error: "LeaseUnknown" },
      { kind: "closed", reason: "Lapsed", fate: "forfeited" },
      { kind: "status", status: "Paused" },
      { kind: "same" },
    ]);
  });

  it("refuses words that mean nothing: outcomes, fates, reasons, callers, facts, and lines of another form", () => {
    for (const cell of [
      "gone",
      "TenantClosed",
      "TenantClosed, burnt",
      "Deceased, freed",
      "same for landlord",
      "same if rainy",
      "same if",
      "same when late",
      "",
    ]) {
      expect(() => parseStateMachine(page(cell)), cell).to.throw(
        /^the page (defines no word|explains no line)/,
      );
    }
    expect(() => parseStateMachine(page("same", "landlord"))).to.throw("the page defines no word landlord");
  });

  it("refuses other columns, a row with a cell too few and a page without the table", () => {
    const good = page("same");
    expect(() => parseStateMachine(good.replace("| Paused | Depleted", "| Depleted | Paused"))).to.throw(
      "the columns are",
    );
    expect(() => parseStateMachine(good.replace("| skipped |\n", "|\n"))).to.throw("close: 6 cells");
    expect(() => parseStateMachine("# Page\n")).to.throw("no heading ## The table");
  });

  it("reads the table below a heading, and ends where it ends", () => {
    expect(tableUnder(page("same"), "## The table").map((cells) => cells.length)).to.deep.equal([9, 9]);
  });
});
