// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { judgesOf, ResultLog } from "./results.ts";

describe("the results of earlier runs", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "berth-results-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are there for the next run", () => {
    const path = join(folder, "log.jsonl");
    new ResultLog(path, "these").add({ id: "a", outcome: "killed", by: "a test", seconds: 1 });
    expect(new ResultLog(path, "these").get("a")).to.deep.equal({
      id: "a",
      outcome: "killed",
      by: "a test",
      seconds: 1,
    });
    expect(new ResultLog(path, "these").get("b")).to.equal(undefined);
  });

  it("outlive a line that an interruption cut off", () => {
    const path = join(folder, "log.jsonl");
    new ResultLog(path, "these").add({ id: "a", outcome: "survived", seconds: 1 });
    appendFileSync(path, '{"id":"b","outco');
    expect(new ResultLog(path, "these").get("a")?.outcome).to.equal("survived");
    expect(new ResultLog(path, "these").get("b")).to.equal(undefined);
  });

  it("say nothing about other contracts or tests", () => {
    const path = join(folder, "log.jsonl");
    new ResultLog(path, "these").add({ id: "a", outcome: "killed", seconds: 1 });
    expect(new ResultLog(path, "others").get("a")).to.equal(undefined);
    expect(new ResultLog(path, "these").get("a")).to.equal(undefined);
  });

  it("are for others when a contract or a test changes, and not otherwise", () => {
    for (const part of ["contracts", "test/contracts"]) mkdirSync(join(folder, part), { recursive: true });
    const first = judgesOf(folder);
    expect(judgesOf(folder)).to.equal(first);
    writeFileSync(join(folder, "contracts/A.sol"), "a");
    const second = judgesOf(folder);
    writeFileSync(join(folder, "test/contracts/a.test.ts"), "a");
    expect(new Set([first, second, judgesOf(folder)]).size).to.equal(3);
  });
});
