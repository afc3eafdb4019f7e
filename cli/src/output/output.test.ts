// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { reportError } from "./error-report.ts";
import { jsonLine, jsonText } from "./json.ts";
import { createOutput } from "./output.ts";
import { sanitize } from "./sanitize.ts";
import { fields, table } from "./table.ts";
import { formatDuration, formatTime } from "./time.ts";

async function written(
  write: (streams: { stdout: PassThrough; stderr: PassThrough }) => void,
): Promise<readonly [string, string]> {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  write(streams);
  streams.stdout.end();
  streams.stderr.end();
  return Promise.all([text(streams.stdout), text(streams.stderr)]);
}

describe("output", () => {
  it("keeps data on standard output and everything else on standard error", async () => {
    for (const json of [true, false]) {
      const [out, err] = await written((streams) => {
        const output = createOutput(streams, json, {});
        output.data({ leaseId: 7n }, "lease 7");
        output.note("a word");
      });
      expect(out).to.equal(json ? '{"leaseId":"7"}\n' : "lease 7\n");
      expect(err).to.equal("a word\n");
    }
  });

  it("animates only on terminals that can, and never for JSON", () => {
    const terminal = { stdout: tty(), stderr: tty() };
    expect(createOutput(terminal, false, {}).animated).to.equal(true);
    expect(createOutput(terminal, true, {}).animated).to.equal(false);
    expect(createOutput(terminal, false, { TERM: "dumb" }).animated).to.equal(false);
    expect(createOutput(terminal, false, { CI: "1" }).animated).to.equal(false);
    expect(createOutput({ stdout: new PassThrough(), stderr: tty() }, false, {}).animated).to.equal(false);
  });

  it("lets no text steer the terminal, and keeps lines, tabs and letters of every language", () => {
    expect(sanitize("a\u001b[2Jb\u0007c\u009bd\u202ee\r")).to.equal("abcde");
    expect(sanitize("\u001b]8;;http://x\u0007link\u001b]8;;\u0007")).to.equal("link");
    expect(sanitize("säule\tשלום\n港")).to.equal("säule\tשלום\n港");
  });

  it("writes chain numbers as decimal strings", () => {
    expect(jsonLine({ a: 2n ** 96n, b: [1n], c: "x" })).to.equal(
      '{"a":"79228162514264337593543950336","b":["1"],"c":"x"}',
    );
    expect(jsonText({ a: 1n })).to.equal('{\n  "a": "1"\n}\n');
  });

  it("lines tables and fields up", () => {
    expect(
      table(
        ["a", "long"],
        [
          ["12345", "x"],
          ["1", ""],
        ],
      ),
    ).to.equal("A      LONG\n12345  x\n1");
    expect(
      fields([
        ["a", "1"],
        ["long", "2"],
        ["none", null],
      ]),
    ).to.equal("a     1\nlong  2");
  });

  it("says times so that people can read them", () => {
    const durations = [0n, 59n, 60n, 3_661n, 90_000n, 86_400n].map(formatDuration);
    expect(durations).to.deep.equal(["0s", "59s", "1m", "1h 1m", "1d 1h", "1d"]);
    expect(formatTime(0n)).to.equal("1970-01-01 00:00:00 UTC");
  });
});

describe("error reports", () => {
  const error = new UserError("E_LEASE_UNKNOWN", "No \u001b[31mlease.", {
    atRisk: "nothing",
    next: "Look.",
    facts: { a: "b" },
  });

  it("end with what happened, what is at risk and what to type next, on standard error", async () => {
    const [out, err] = await written((streams) => expect(reportError(error, false, streams)).to.equal(3));
    expect(out).to.equal("");
    expect(err).to.equal("error: No lease.\nat risk: nothing\nnext: Look.\n(E_LEASE_UNKNOWN)\n");
  });

  it("are one line of JSON on standard output for programs", async () => {
    const [out, err] = await written((streams) => expect(reportError(error, true, streams)).to.equal(3));
    expect(err).to.equal("");
    const { code, atRisk, next, facts, exitCode, retryable } = (
      JSON.parse(out) as { error: Record<string, unknown> }
    ).error;
    expect({ code, atRisk, next, facts, exitCode, retryable }).to.deep.equal({
      code: "E_LEASE_UNKNOWN",
      atRisk: "nothing",
      next: "Look.",
      facts: { a: "b" },
      exitCode: 3,
      retryable: false,
    });
  });

  it("call a defect a defect", async () => {
    const [, err] = await written((streams) =>
      expect(reportError(new TypeError("x is not y"), false, streams)).to.equal(1),
    );
    expect(err).to.contain("x is not y").and.to.contain("(E_UNEXPECTED)");
  });
});

function tty(): PassThrough & { isTTY: boolean } {
  return Object.assign(new PassThrough(), { isTTY: true });
}
