// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { isStatic } from "./static-busybox.ts";

/** A 64-bit ELF header followed by program headers of these types. */
function elf(...types: readonly number[]): Buffer {
  const file = Buffer.alloc(64 + 56 * types.length);
  file.writeUInt32BE(0x7f454c46, 0);
  file.set([2, 1], 4);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(types.length, 56);
  for (const [index, type] of types.entries()) file.writeUInt32LE(type, 64 + 56 * index);
  return file;
}

describe("static programs", () => {
  it("a program that asks for no loader is static, one that does is not", () => {
    expect(isStatic(elf(1, 1, 4))).to.equal(true);
    expect(isStatic(elf(6, 3, 1))).to.equal(false);
  });

  it("what is no 64-bit program is not static", () => {
    expect(isStatic(Buffer.from("#!/bin/sh\n"))).to.equal(false);
    expect(isStatic(Buffer.alloc(100))).to.equal(false);
    expect(isStatic(elf())).to.equal(false);
  });

  it("this machine's own interpreter, where it needs a loader, is told apart", function () {
    if (process.platform !== "linux") this.skip();
    expect(isStatic(readFileSync("/bin/sh"))).to.equal(false);
  });
});
