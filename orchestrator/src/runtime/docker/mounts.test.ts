// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { service } from "../contract-fixtures.ts";
import { checkedMounts } from "./mounts.ts";

const volumeAt = (path: string) => ({ volume: "data", path, readOnly: false });

describe("mounts of a service", () => {
  it("a quarter of the memory, at most 64 MiB, is /tmp", () => {
    expect(checkedMounts(service("i", { memoryMiB: 100 })).tmpfs).to.deep.equal([
      { path: "/tmp", sizeMiB: 25 },
    ]);
    expect(checkedMounts(service("i", { memoryMiB: 4096 })).tmpfs).to.deep.equal([
      { path: "/tmp", sizeMiB: 64 },
    ]);
    expect(checkedMounts(service("i", { memoryMiB: 3 })).tmpfs).to.deep.equal([{ path: "/tmp", sizeMiB: 1 }]);
  });

  it("a manifest's own /tmp, in memory or on a volume, takes the place of ours", () => {
    const tmpfs = [{ path: "/tmp", sizeMiB: 8 }];
    expect(checkedMounts(service("i", { tmpfs })).tmpfs).to.deep.equal(tmpfs);
    expect(checkedMounts(service("i", { volumes: [volumeAt("/tmp")] })).tmpfs).to.deep.equal([]);
  });

  for (const path of [
    "/",
    "data",
    "",
    "/proc",
    "/proc/sys",
    "/sys/fs",
    "/dev",
    "/dev/shm",
    "/a/../etc",
    "/a//b",
    "/a/",
  ]) {
    it(`mounts nothing at "${path}"`, () => {
      const attempt = () => checkedMounts(service("i", { volumes: [volumeAt(path)] }));
      expect(attempt).to.throw().with.property("code", "E_MOUNT_REFUSED");
    });
  }

  it("mounts at a path that merely begins like a kernel's tree", () => {
    const volumes = [volumeAt("/process"), volumeAt("/devices")];
    expect(checkedMounts(service("i", { volumes })).volumes).to.deep.equal(volumes);
  });

  it("mounts nothing twice at one path", () => {
    const spec = service("i", { volumes: [volumeAt("/data")], tmpfs: [{ path: "/data", sizeMiB: 1 }] });
    expect(() => checkedMounts(spec))
      .to.throw()
      .with.property("code", "E_MOUNT_REFUSED");
  });

  it("refuses folders in memory that leave none of it to the service", () => {
    const tmpfs = [{ path: "/cache", sizeMiB: 32 }];
    expect(() => checkedMounts(service("i", { tmpfs, memoryMiB: 32 })))
      .to.throw()
      .with.property("code", "E_MOUNT_REFUSED");
    expect(checkedMounts(service("i", { tmpfs, memoryMiB: 33 })).tmpfs).to.have.length(2);
  });
});
