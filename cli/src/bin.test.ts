// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const BINARY = fileURLToPath(new URL("../bin/berth.js", import.meta.url));
const OLD_NODE = `Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})`;
const execute = promisify(execFile);

describe("the binary", function () {
  this.timeout(30_000);

  it("runs", async () => {
    const { stdout } = await execute(process.execPath, [BINARY, "--version"]);
    expect(stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it("says in one sentence that Node.js is too old, and does nothing else", async () => {
    const preload = `data:text/javascript,${encodeURIComponent(OLD_NODE)}`;
    const failed = await execute(process.execPath, ["--import", preload, BINARY, "ps"]).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    expect(failed).to.include({
      code: 1,
      stdout: "",
      stderr: "berth needs Node.js 22.13 or newer; this is 20.20.2.\n",
    });
  });
});
