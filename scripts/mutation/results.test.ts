// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ResultLog, resultPath } from "./results.ts";

describe("the results of earlier runs", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "berth-results-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are there for the next run", () => {
    const path = join(folder, "deep", "log.jsonl");
    new ResultLog(path).add({ id: "a", outcome: "killed", by: "a test", seconds: 1 });
    expect(new ResultLog(path).get("a")).to.deep.equal({
      id: "a",
      outcome: "killed",
      by: "a test",
      seconds: 1,
    });
    expect(new ResultLog(path).get("b")).to.equal(undefined);
  });

  it("outlive a line that an interruption cut off", () => {
    const path = join(folder, "log.jsonl");
    new ResultLog(path).add({ id: "a", outcome: "survived", seconds: 1 });
    appendFileSync(path, '{"id":"b","outco');
    expect(new ResultLog(path).get("a")?.outcome).to.equal("survived");
    expect(new ResultLog(path).get("b")).to.equal(undefined);
  });

  it("are kept apart when a contract or a test changes, and not otherwise", () => {
    for (const part of ["contracts", "test/contracts"]) mkdirSync(join(folder, part), { recursive: true });
    const path = (): string => resultPath("logs", folder);
    const first = path();
    expect(path()).to.equal(first);
    writeFileSync(join(folder, "contracts/A.sol"), "a");
    const second = path();
    writeFileSync(join(folder, "test/contracts/a.test.ts"), "a");
    expect(new Set([first, second, path()]).size).to.equal(3);
  });
});
