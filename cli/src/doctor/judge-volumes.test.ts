// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { judgeVolumes, type VolumesFact } from "./judge-volumes.ts";

const able: VolumesFact = { quota: null, chainId: 1, isRoot: true, hasLoops: true, missing: [] };

describe("doctor on volumes", () => {
  it("is content where they have a hard size", () => {
    expect(judgeVolumes(able)).to.include({ state: "ok" });
    expect(judgeVolumes(able).says).to.match(/hard size/);
  });

  it("says that they have none on a development chain, and warns of it on any other", () => {
    expect(judgeVolumes({ ...able, chainId: 31_337 })).to.include({ state: "ok" });
    expect(judgeVolumes({ ...able, chainId: 31_337 }).says).to.match(/no size/);
    expect(judgeVolumes({ ...able, quota: "none" })).to.include({ state: "warning" });
  });

  it("tells what keeps the machine from it, and asks to be run as root where it cannot know", () => {
    expect(judgeVolumes({ ...able, missing: ["mkfs.ext4"] })).to.include({ state: "failing" });
    expect(judgeVolumes({ ...able, missing: ["mkfs.ext4"] }).says).to.contain("mkfs.ext4");
    expect(judgeVolumes({ ...able, hasLoops: false })).to.include({ state: "failing" });
    expect(judgeVolumes({ ...able, isRoot: false })).to.include({ state: "unknown" });
    expect(judgeVolumes({ ...able, quota: "ext4", chainId: 31_337, hasLoops: false })).to.include({
      state: "failing",
    });
  });
});
