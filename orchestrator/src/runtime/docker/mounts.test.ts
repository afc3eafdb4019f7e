// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { service } from "../contract-fixtures.ts";
import { checkedMounts } from "./mounts.ts";

const volumeAt = (path: string) => ({ volume: "data", path, readOnly: false });

describe("mounts of a service", () => {
  it("a quarter of the memory, at most 64 MiB, is /tmp, and an eighth, at most 8 MiB, is /run", () => {
    const sizes = (memoryMiB: number) =>
      Object.fromEntries(
        checkedMounts(service("i", { memoryMiB })).tmpfs.map(({ path, sizeMiB }) => [path, sizeMiB]),
      );
    expect(sizes(48)).to.deep.equal({ "/tmp": 12, "/run": 6 });
    expect(sizes(4096)).to.deep.equal({ "/tmp": 64, "/run": 8 });
    expect(sizes(3)).to.deep.equal({ "/tmp": 1, "/run": 1 });
  });

  it("a manifest's own /tmp, in memory or on a volume, takes the place of ours", () => {
    const tmpfs = [{ path: "/tmp", sizeMiB: 8 }];
    const run = { path: "/run", sizeMiB: 3 };
    expect(checkedMounts(service("i", { tmpfs })).tmpfs).to.deep.equal([run, ...tmpfs]);
    const onVolumes = [volumeAt("/tmp"), volumeAt("/run")];
    expect(checkedMounts(service("i", { volumes: onVolumes })).tmpfs).to.deep.equal([]);
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
    expect(() => checkedMounts(service("i", { tmpfs, memoryMiB: 33 })))
      .to.throw()
      .with.property("code", "E_MOUNT_REFUSED");
    expect(checkedMounts(service("i", { tmpfs, memoryMiB: 34 })).tmpfs).to.have.length(3);
  });
});
