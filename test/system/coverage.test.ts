// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { copyTree } from "../../scripts/lib/copy-of-tree.ts";
import { filesUnder } from "../../scripts/lib/files.ts";

const LIMIT_MS = 10 * 60_000;
const HARDHAT = resolve("node_modules/hardhat/dist/src/cli.js");
const ROW = /║\s*(contracts\/\S+\.sol)\s*│\s*([\d.]+)\s*│\s*([\d.]+)\s*│/g;

/** Lines and statements of a file that the tests came to, in hundredths. */
type Covered = Readonly<Record<string, readonly [lines: string, statements: string]>>;

/** Files with something to execute: interfaces and types have nothing. */
function executable(): readonly string[] {
  return filesUnder("contracts").filter((path) => !/\/(mocks|interfaces|types)\//.test(path));
}

/** In a copy of the tree, since the counting code is built over the other. */
function measure(folder: string): { readonly covered: Covered; readonly output: string } {
  copyTree(process.cwd(), folder);
  const { stdout, stderr, status } = spawnSync(process.execPath, [HARDHAT, "test", "mocha", "--coverage"], {
    cwd: folder,
    encoding: "utf8",
    timeout: LIMIT_MS,
    maxBuffer: 1 << 28,
  });
  expect(status, (stdout + stderr).slice(-4_000)).to.equal(0);
  const rows = [...stdout.matchAll(ROW)].map(([, file = "", lines = "", statements = ""]) => [
    file,
    [lines, statements],
  ]);
  return { covered: Object.fromEntries(rows) as Covered, output: stdout };
}

describe("the contract tests", function () {
  this.timeout(LIMIT_MS);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-coverage-"));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("come to every line and every statement of the contracts", () => {
    const { covered, output } = measure(folder);
    console.log(output.slice(output.indexOf("╔")));
    const expected = executable();
    expect(expected).to.include.members(["contracts/ComputeMarket.sol", "contracts/modules/Escrow.sol"]);
    for (const file of expected) expect(covered[file], file).to.deep.equal(["100.00", "100.00"]);
  });
});
