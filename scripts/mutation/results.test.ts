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

  it("are for others when a contract, a test or what a test imports changes, and not otherwise", () => {
    for (const part of ["contracts", "test/contracts", "test/helpers"])
      mkdirSync(join(folder, part), { recursive: true });
    const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
    write("test/contracts/a.test.ts", 'import { b } from "../helpers/b.ts";');
    const names = [judgesOf(folder)];
    write("test/helpers/b.ts", 'export { c } from "./c.ts";');
    names.push(judgesOf(folder));
    write("test/helpers/c.ts", "export const c = 1;");
    names.push(judgesOf(folder));
    write("contracts/A.sol", "a");
    names.push(judgesOf(folder));
    expect(new Set(names).size).to.equal(4);
    write("test/helpers/d.ts", "nobody imports it");
    expect(judgesOf(folder)).to.equal(names[3]);
  });
});
