// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judge, type Verdict } from "./run-suite.ts";
import { readResults } from "./tally.ts";

describe("counting a mocha suite", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-suite-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function verdictOn(text: string, environment: NodeJS.ProcessEnv = {}): Verdict {
    const file = join(folder, "sample.test.ts");
    const results = join(folder, "results");
    writeFileSync(file, text);
    const { CI: _, ...inherited } = process.env;
    const args = ["--import", "tsx", "scripts/lib/run-mocha.ts", results, "500", "false", file];
    const { status, signal } = spawnSync(process.execPath, args, { env: { ...inherited, ...environment } });
    return judge(signal ?? `exit code ${status}`, readResults(results));
  }

  it("counts passing, failing and pending tests each as what they are", () => {
    const { tally, complaint } = verdictOn(`
      it("passes", () => {});
      it("passes too", async () => {});
      it("fails", () => { throw new Error("no"); });
      it("fails late", () => new Promise(() => {}));
      it("has no body");
      it.skip("is skipped", () => {});
      it("skips itself", function () { this.skip(); });
    `);
    expect(tally).to.deep.equal({ passed: 2, failed: 2, skipped: 3 });
    expect(complaint).to.equal(undefined);
  });

  it("counts a failing hook as a failure", () => {
    const { tally } = verdictOn(`before(() => { throw new Error("no"); }); it("never runs", () => {});`);
    expect(tally).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
  });

  it("counts a rejection that nobody handles as a failure", () => {
    const { tally } = verdictOn(`
      it("forgets a promise", async () => {
        void Promise.reject(new Error("nobody waits"));
        await new Promise((resolve) => setTimeout(resolve, 50));
      });
    `);
    expect(tally).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
  });

  it("counts a process that dies in the middle as one failure, and keeps what ran before", () => {
    const { tally, complaint } = verdictOn(`it("passes", () => {}); it("dies", () => process.exit(0));`);
    expect(tally).to.deep.equal({ passed: 1, failed: 1, skipped: 0 });
    expect(complaint).to.equal("the suite did not come to its end (exit code 0)");
  });

  it("counts a file that cannot be loaded as one failure", () => {
    const { tally, complaint } = verdictOn(`import "./nowhere.ts"; it("never runs", () => {});`);
    expect(tally).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(complaint).to.equal("the suite did not come to its end (exit code 1)");
  });

  it("counts files without a test as one failure", () => {
    const { tally, complaint } = verdictOn(`export {};`);
    expect(tally).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(complaint).to.equal("the suite has files but ran no test");
  });

  it("does not let a forgotten .only hide the other tests in continuous integration", () => {
    const { tally } = verdictOn(`it.only("passes", () => {}); it("is hidden", () => {});`, { CI: "true" });
    expect(tally).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("judging a suite", () => {
  const clean = { passed: 2, failed: 0, skipped: 1 };

  it("takes the tally of a suite that ended well", () => {
    expect(judge("exit code 0", { tally: clean, ended: true }).tally).to.deep.equal(clean);
  });

  it("counts an exit code that no failing test explains as one failure", () => {
    const { tally, complaint } = judge("exit code 3", { tally: clean, ended: true });
    expect(tally).to.deep.equal({ ...clean, failed: 1 });
    expect(complaint).to.equal("no test failed, but the suite did (exit code 3)");
  });

  it("does not count the exit code of failing tests twice", () => {
    const failing = { ...clean, failed: 4 };
    expect(judge("exit code 1", { tally: failing, ended: true }).tally).to.deep.equal(failing);
  });
});
