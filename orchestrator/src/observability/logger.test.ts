// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { errorLine } from "./error-line.ts";
import { createLog } from "./logger.ts";

type Say = (log: ReturnType<typeof createLog>) => void;

/** What a log of this level writes. */
function textOf(level: "info" | "debug" | "silent", say: Say): string {
  const stream = new PassThrough({ encoding: "utf8" });
  say(createLog(level, stream));
  const text: unknown = stream.read();
  return typeof text === "string" ? text : "";
}

function written(level: "info" | "debug" | "silent", say: Say): unknown[] {
  const lines = textOf(level, say).split("\n").filter(Boolean);
  return lines.map((line): unknown => JSON.parse(line));
}

describe("log", () => {
  it("is one object a line, with time, level, facts and message", () => {
    const [line] = written("info", (log) => log.info({ leaseId: "7", step: "startLease" }, "step begins"));
    expect(line).to.deep.include({ level: 30, leaseId: "7", step: "startLease", msg: "step begins" });
    expect(line)
      .to.have.property("time")
      .that.matches(/^\d{4}-\d\d-\d\dT/);
  });

  it("writes numbers of the chain, which have no JSON of their own", () => {
    const text = textOf("info", (log) => log.info({ blockNumber: 2n ** 60n }, "reported"));
    expect(text).to.include("1152921504606846976");
  });

  it("keeps to its level", () => {
    expect(written("info", (log) => log.debug({}, "detail"))).to.deep.equal([]);
    expect(written("debug", (log) => log.debug({}, "detail"))).to.have.length(1);
    expect(written("silent", (log) => log.error({}, "failure"))).to.deep.equal([]);
  });

  it("hides what could hold a secret, however deep it was put", () => {
    const service = { environment: { TOKEN: "hush" } };
    const [line] = written("info", (log) =>
      log.info({ environment: { TOKEN: "hush" }, service, at: { service }, rawTransaction: "hush" }, "oops"),
    );
    expect(JSON.stringify(line)).not.to.include("hush");
  });
});

describe("last words", () => {
  it("are one line of JSON with what happened, what is at risk and what to do", () => {
    const error = new UserError("E_WRONG_CHAIN", "another chain", {
      atRisk: "nothing",
      next: "choose",
      facts: { a: "1" },
    });
    expect(JSON.parse(errorLine(error))).to.deep.equal({
      level: "fatal",
      code: "E_WRONG_CHAIN",
      message: "another chain",
      atRisk: "nothing",
      next: "choose",
      facts: { a: "1" },
    });
    expect(JSON.parse(errorLine("what"))).to.deep.equal({
      level: "fatal",
      code: "E_UNEXPECTED",
      message: "what",
    });
  });
});
