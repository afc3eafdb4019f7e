// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { armCrashpoint, CRASH_POINTS, crashpoint } from "./crashpoint.ts";

const MODULE = new URL("./crashpoint.ts", import.meta.url).href;

/** What a process of its own does that passes one point three times and says so each time. */
function passThrice(setting: string | undefined) {
  const script = `import { armCrashpoint, crashpoint } from ${JSON.stringify(MODULE)};
    import { writeSync } from "node:fs";
    armCrashpoint(${JSON.stringify(setting)});
    for (const time of [1, 2, 3]) {
      crashpoint("sample-taken");
      writeSync(1, String(time));
    }`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const { signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { signal, stdout, stderr: stderr.trim() };
}

describe("crash points", function () {
  this.timeout(60_000);

  it("have names of their own", () => {
    expect(new Set(CRASH_POINTS).size).to.equal(CRASH_POINTS.length);
  });

  it("do nothing where none is armed", () => {
    armCrashpoint(undefined);
    for (const point of CRASH_POINTS) crashpoint(point);
    expect(passThrice(undefined)).to.deep.equal({ signal: null, stdout: "123", stderr: "" });
  });

  it("do nothing where another one is armed", () => {
    expect(passThrice("sample-kept").stdout).to.equal("123");
  });

  it("kill at once, say which one it was, and let nothing that follows happen", () => {
    const stderr = '{"crashpoint":"sample-taken"}';
    expect(passThrice("sample-taken")).to.deep.equal({ signal: "SIGKILL", stdout: "", stderr });
    expect(passThrice("sample-taken:3")).to.deep.equal({ signal: "SIGKILL", stdout: "12", stderr });
  });

  for (const setting of ["", "sample", "sample-taken:", "sample-taken:0", "sample-taken:x", "SAMPLE-TAKEN"]) {
    it(`are not armed by ${JSON.stringify(setting)}`, () => {
      expect(() => armCrashpoint(setting))
        .to.throw(UserError)
        .with.property("code", "E_CRASHPOINT_UNKNOWN");
    });
  }
});
