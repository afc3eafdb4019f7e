// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findStrays } from "./probe-strays.ts";

const ONE = "1".repeat(64);
const TWO = "2".repeat(64);

describe("processes of containers that the engine does not know", () => {
  let proc: string;
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), "berth-proc-"));
    mkdirSync(join(proc, "self"));
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  function process(pid: number, args: readonly string[], nested = false): void {
    mkdirSync(join(proc, String(pid)));
    writeFileSync(join(proc, String(pid), "cmdline"), `${args.join("\0")}\0`);
    writeFileSync(
      join(proc, String(pid), "status"),
      `Name:\tx\nNSpid:\t${pid}${nested ? "\t7" : ""}\nVmRSS:\t1 kB\n`,
    );
  }
  const keeper = (id: string, namespace = "moby") => [
    ...["/usr/bin/containerd-shim-runc-v2", "-namespace", namespace, "-id", id],
    ...["-address", "/run/containerd/containerd.sock"],
  ];
  const found = (...known: readonly string[]) => findStrays(proc, async () => new Set(known));

  it("are found by pid and container, and none that the engine lists is one", async () => {
    process(10, keeper(ONE));
    process(11, keeper(TWO));
    expect(await found(ONE)).to.deep.equal([{ pid: 11, containerId: TWO }]);
    expect(await found(ONE, TWO)).to.deep.equal([]);
  });

  it("are found where an older containerd names the container by its folder, and under another runtime", async () => {
    const work = `/var/lib/containerd/io.containerd.runtime.v1.linux/moby/${ONE}`;
    process(10, ["containerd-shim", "-namespace", "moby", "-workdir", work]);
    process(11, ["/usr/local/bin/containerd-shim-runsc-v1", "-namespace", "moby", "-id", TWO]);
    expect((await found()).map(({ pid }) => pid)).to.deep.equal([10, 11]);
  });

  it("are not those of Kubernetes, of an engine inside a container, or of any other program", async () => {
    process(10, keeper(ONE, "k8s.io"));
    process(11, keeper(ONE), true);
    process(12, ["grep", "containerd-shim", "moby", ONE]);
    process(13, ["/usr/bin/containerd-shim-runc-v2", "-namespace", "moby", "-id", "short"]);
    process(14, [""]);
    mkdirSync(join(proc, "15"));
    expect(await found()).to.deep.equal([]);
    process(16, keeper(ONE));
    expect(await found()).to.have.length(1);
  });

  it("are not those of a container that went or came while the engine was asked", async () => {
    process(10, keeper(ONE));
    process(11, keeper(TWO));
    const strays = await findStrays(proc, async () => {
      rmSync(join(proc, "10"), { recursive: true });
      process(12, keeper("3".repeat(64)));
      return new Set<string>();
    });
    expect(strays).to.deep.equal([{ pid: 11, containerId: TWO }]);
  });

  it("are no reason to ask the engine where there is no such process at all", async () => {
    const never = () => Promise.reject(new Error("it was asked"));
    expect(await findStrays(proc, never)).to.deep.equal([]);
  });
});
