// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { chooseBackend } from "./backend.ts";
import { Shell, type Ran } from "./shell.ts";

const never = new AbortController().signal;
const node = [process.execPath, "-e"] as const;

describe("running a program", () => {
  const shell = new Shell();

  it("answers what it printed and how it ended, with what was given to it to read", async () => {
    const code = "process.stdin.pipe(process.stdout); console.error('amiss'); process.exitCode = 3;";
    expect(await shell.run([...node, code], never, "given")).to.deep.equal({
      code: 3,
      stdout: "given",
      stderr: "amiss\n",
    });
  });

  it("answers no code for a program that is not there, and says which", async () => {
    const { code, stderr } = await shell.run(["berth-no-such-program"], never, "given");
    expect([code, stderr]).to.deep.equal([null, "spawn berth-no-such-program ENOENT"]);
  });

  it("hands on nothing of the daemon's surroundings but where programs are", async () => {
    process.env["BERTH_OPERATOR_PASSWORD"] = "swordfish";
    try {
      const { stdout } = await shell.run([...node, "console.log(JSON.stringify(process.env))"], never);
      expect(Object.keys(JSON.parse(stdout) as object).sort()).to.include("PATH");
      expect(stdout).not.to.contain("swordfish");
    } finally {
      delete process.env["BERTH_OPERATOR_PASSWORD"];
    }
  });

  it("ends it when it is told to, and throws the reason", async () => {
    const stop = new AbortController();
    const running = shell
      .run([...node, "setInterval(() => {}, 1000)"], stop.signal)
      .catch((error: unknown) => error);
    stop.abort("stopped");
    expect(await running).to.equal("stopped");
    expect(await shell.run([...node, ""], stop.signal).catch((error: unknown) => error)).to.equal("stopped");
  });
});

describe("choosing what makes the firewall", () => {
  /** A machine on which these programs are there, and end so. */
  class Machine extends Shell {
    readonly #programs: Readonly<Record<string, Ran>>;
    constructor(programs: Readonly<Record<string, Ran>>) {
      super();
      this.#programs = programs;
    }
    override run(words: readonly string[]): Promise<Ran> {
      return Promise.resolve(this.#programs[words[0] ?? ""] ?? { code: null, stdout: "", stderr: "ENOENT" });
    }
  }
  const works: Ran = { code: 0, stdout: "", stderr: "" };
  const forbidden: Ran = { code: 1, stdout: "", stderr: "Operation not permitted (you must be root)" };
  const broken: Ran = { code: 1, stdout: "", stderr: "Protocol not supported" };
  const choice = (programs: Readonly<Record<string, Ran>>): Promise<unknown> =>
    chooseBackend(new Machine(programs), never).then(
      ({ name }) => name,
      ({ code }: { readonly code: string }) => code,
    );

  it("takes nftables where it works, else iptables, and else says what is the matter", async () => {
    expect(await choice({ nft: works, iptables: works })).to.equal("nftables");
    expect(await choice({ nft: broken, iptables: works })).to.equal("iptables");
    expect(await choice({ iptables: works })).to.equal("iptables");
    expect(await choice({})).to.equal("E_FIREWALL_MISSING");
    expect(await choice({ nft: forbidden, iptables: forbidden })).to.equal("E_FIREWALL_DENIED");
    expect(await choice({ iptables: forbidden })).to.equal("E_FIREWALL_DENIED");
    expect(await choice({ nft: broken })).to.equal("E_FIREWALL_FAILED");
  });
});
