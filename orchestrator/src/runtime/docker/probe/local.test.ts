// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const LOCAL = fileURLToPath(new URL("./local.ts", import.meta.url));
const isRoot = process.platform === "linux" && process.getuid?.() === 0;

/** What the machine's tools prove for a process that finds this program before theirs. */
function provenWith(program: string, script: string): Record<"nftables" | "iptables", Proof> {
  const folder = mkdtempSync(join(tmpdir(), "berth-local-"));
  try {
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const code = `
      const { proveNftables, proveIptables } = await import(${JSON.stringify(LOCAL)});
      const { signal } = new AbortController();
      console.log(JSON.stringify({ nftables: await proveNftables(signal), iptables: await proveIptables(signal) }));`;
    const words = ["--import", "tsx", "--input-type=module", "-e", code];
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
    return JSON.parse(execFileSync(process.execPath, words, { env, encoding: "utf8" })) as ReturnType<
      typeof provenWith
    >;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Proof {
  readonly proven: boolean;
  readonly how: string;
}

describe("what this machine's own tools prove of the firewall", function () {
  this.timeout(60_000);

  before(function () {
    if (!isRoot) this.skip();
  });

  it("is proven by the very rules of a lease, for either tool", () => {
    const { nftables, iptables } = provenWith("nothing-else", "exit 0");
    expect(nftables, nftables.how).to.deep.include({ proven: true });
    expect(iptables, iptables.how).to.deep.include({ proven: true });
  });

  it("is not proven where the kernel counts no bytes, and says so", () => {
    const refusing =
      'if grep -q "bytes/second"; then echo "Error: no such expression: limit bytes" >&2; exit 1; fi';
    const { nftables, iptables } = provenWith("nft", refusing);
    expect(nftables).to.deep.equal({
      proven: false,
      how: "not proven: Error: no such expression: limit bytes",
    });
    expect(iptables.proven).to.equal(true);
  });

  it("is not proven by iptables where IPv6 has no rules", () => {
    const { iptables } = provenWith("ip6tables-restore", 'echo "ip6tables: no such table" >&2; exit 3');
    expect(iptables).to.deep.equal({ proven: false, how: "not proven: ip6tables: no such table" });
  });
});
