// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { generatePrivateKey, privateKeyToAddress } from "viem/accounts";
import { readOperatorKey } from "./operator-key.ts";

describe("operator key", () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-key-"));
  const path = join(folder, "key");
  const key = generatePrivateKey();
  after(() => rmSync(folder, { recursive: true }));

  function written(content: string, mode = 0o600): string {
    rmSync(path, { force: true });
    writeFileSync(path, content, { mode });
    return path;
  }

  function refusal(file: string): UserError {
    try {
      readOperatorKey(file);
    } catch (error) {
      if (error instanceof UserError) return error;
    }
    throw new Error("it was not refused");
  }

  it("is read from a file of its own, with or without a line's end", () => {
    expect(readOperatorKey(written(key)).address).to.equal(privateKeyToAddress(key));
    expect(readOperatorKey(written(`${key}\n`)).address).to.equal(privateKeyToAddress(key));
  });

  it("is refused from a file that others may read", () => {
    for (const mode of [0o640, 0o604, 0o644])
      expect(refusal(written(key, mode)).code).to.equal("E_KEY_FILE_EXPOSED");
  });

  it("is refused when it is none, and never quoted", () => {
    const cut = key.slice(0, -2);
    for (const content of ["", "0x12", cut, key.slice(2), `0x${"0".repeat(64)}`, `0x${"f".repeat(64)}`]) {
      const error = refusal(written(content));
      expect(error.code).to.equal("E_KEY_INVALID");
      expect(JSON.stringify([error.message, error.next, error.facts, error.cause])).not.to.include(cut);
    }
  });

  it("is refused when there is no file", () => {
    expect(refusal(join(folder, "none"))).to.include({ code: "E_KEY_FILE_UNREADABLE" });
  });
});
