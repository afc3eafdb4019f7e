// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ownerOf } from "../first-owner.ts";
import { parseMountTable } from "./mount-table.ts";
import { promisedBy, RESERVE, roomOf } from "./room.ts";
import { sizeIn } from "./superblock.ts";

describe("the disk that may be promised", () => {
  it("is what is free, less what is promised already and what stays free", () => {
    expect(roomOf({ free: RESERVE + 100, promised: 40 })).to.equal(60);
    expect(roomOf({ free: RESERVE, promised: 0 })).to.equal(0);
    expect(roomOf({ free: RESERVE + 10, promised: 40 })).to.equal(0);
  });

  it("counts of a file what it has not taken, and nothing where it has taken more than it says", () => {
    expect(promisedBy({ size: 100, allocated: 30 })).to.equal(70);
    expect(promisedBy({ size: 100, allocated: 104 })).to.equal(0);
  });
});

describe("the table of mounts", () => {
  it("tells path, type and device, with blanks and backslashes as they are", () => {
    const text = [
      "22 27 0:21 / /proc rw,relatime - proc proc rw",
      "90 27 7:1 / /srv/a\\040b\\134c rw,nosuid,nodev shared:5 master:1 - ext4 /dev/loop1 rw",
      "",
    ].join("\n");
    expect(parseMountTable(text)).to.deep.equal([
      { path: "/proc", type: "proc", source: "proc" },
      { path: "/srv/a b\\c", type: "ext4", source: "/dev/loop1" },
    ]);
  });
});

describe("a superblock of ext4", () => {
  const blockOf = (low: number, high: number, logSize: number): Buffer => {
    const block = Buffer.alloc(1_024);
    block.writeUInt16LE(0xef53, 0x38);
    block.writeUInt32LE(low, 0x4);
    block.writeUInt32LE(high, 0x150);
    block.writeUInt32LE(logSize, 0x18);
    return block;
  };

  it("tells the size of its file system, above 16 TiB too", () => {
    expect(sizeIn(blockOf(4_096, 0, 2))).to.equal(16 * 1024 ** 2);
    expect(sizeIn(blockOf(1, 1, 2))).to.equal((2 ** 32 + 1) * 4_096);
  });

  it("is none without its mark", () => {
    expect(() => sizeIn(Buffer.alloc(1_024))).to.throw(/no ext4/);
  });
});

describe("whom root of a container is on the machine", () => {
  it("is root, unless the engine has a namespace of users, whose numbers its data folder tells", () => {
    const remapped = {
      SecurityOptions: ["name=seccomp", "name=userns"],
      DockerRootDir: "/var/lib/docker/100000.100001",
    };
    expect(ownerOf(remapped)).to.deep.equal({ uid: 100_000, gid: 100_001 });
    for (const info of [null, "?", {}, { SecurityOptions: [], DockerRootDir: "/srv/1.2" }])
      expect(ownerOf(info)).to.deep.equal({ uid: 0, gid: 0 });
  });
});
