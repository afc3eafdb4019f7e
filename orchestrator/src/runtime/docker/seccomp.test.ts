// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { SECCOMP_OPTION } from "./confinement.ts";

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly includes?: { readonly caps?: readonly string[] };
}

const { source, profile } = JSON.parse(readFileSync(new URL("./seccomp.json", import.meta.url), "utf8")) as {
  readonly source: string;
  readonly profile: { readonly defaultAction: string; readonly syscalls: readonly Rule[] };
};
const allowed = new Set(
  profile.syscalls.filter(({ action }) => action === "SCMP_ACT_ALLOW").flatMap(({ names }) => names),
);

describe("the filter of system calls", () => {
  it("refuses what it does not name", () => {
    expect(profile.defaultAction).to.equal("SCMP_ACT_ERRNO");
    const actions = new Set(profile.syscalls.map(({ action }) => action));
    expect([...actions]).to.have.members(["SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO"]);
  });

  for (const name of [
    ...["keyctl", "add_key", "request_key", "bpf", "perf_event_open", "userfaultfd"],
    ...["io_uring_setup", "io_uring_enter", "io_uring_register", "mount", "umount2", "unshare", "setns"],
    ...["clone3", "init_module", "finit_module", "kexec_load", "open_by_handle_at", "reboot", "swapon"],
    ...["ioperm", "iopl", "acct", "settimeofday", "pivot_root", "chroot", "fsopen", "move_mount", "quotactl"],
  ]) {
    it(`never allows ${name}`, () => {
      expect(allowed.has(name)).to.equal(false);
    });
  }

  it("allows what every program makes", () => {
    for (const name of [
      "read",
      "write",
      "openat",
      "execve",
      "clone",
      "mmap",
      "futex",
      "epoll_wait",
      "socket",
    ])
      expect(allowed.has(name), name).to.equal(true);
  });

  it("grants nothing to a capability, since none that it would ask for is ever given", () => {
    expect(profile.syscalls.every(({ includes }) => includes?.caps === undefined)).to.equal(true);
  });

  it("says where it comes from and under what licence, and only itself is sent to the engine", () => {
    expect(source).to.match(/moby\/moby, Apache-2\.0/);
    expect(JSON.parse(SECCOMP_OPTION.replace("seccomp=", ""))).to.deep.equal(profile);
  });
});
