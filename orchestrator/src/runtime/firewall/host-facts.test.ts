// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { hostFacts, nameServersOf } from "./host-facts.ts";
import { Shell, type Ran } from "./shell.ts";

const never = new AbortController().signal;

/** A machine whose files say this; what is not named here is not there. */
class Machine extends Shell {
  readonly #files: Readonly<Record<string, Ran>>;
  constructor(files: Readonly<Record<string, Ran>>) {
    super();
    this.#files = files;
  }
  override run([, path = ""]: readonly string[]): Promise<Ran> {
    const absent: Ran = { code: 1, stdout: "", stderr: `cat: ${path}: No such file or directory` };
    return Promise.resolve(this.#files[path] ?? absent);
  }
}

describe("the families of addresses that get rules", () => {
  const INTERFACES = "/proc/net/if_inet6";
  const files = (code: number | null, stdout: string, stderr = ""): Readonly<Record<string, Ran>> => ({
    [INTERFACES]: { code, stdout, stderr },
  });
  const familiesOn = async (machine: Machine): Promise<readonly number[]> =>
    (await hostFacts(machine, never)).families;

  it("are both where the machine speaks both, and one where there is no second", async () => {
    expect(await familiesOn(new Machine(files(0, "0001 01 80 10 80 lo\n")))).to.deep.equal([4, 6]);
    expect(await familiesOn(new Machine(files(0, "")))).to.deep.equal([4]);
    expect(await familiesOn(new Machine({}))).to.deep.equal([4]);
  });

  it("are not known where the machine could not be asked: that is never taken for having but one", async () => {
    for (const broken of [files(null, ""), files(1, "", "Input/output error")]) {
      const told = await familiesOn(new Machine(broken)).catch((error: unknown) => error);
      expect(told).to.include({ code: "E_FIREWALL_FAILED" });
    }
  });
});

describe("the name servers that leases may ask", () => {
  const texts = (file: string): readonly string[] => nameServersOf(file).map(({ text }) => text);

  it("are those of the machine, each once, whatever their order: a file that only moves them changes nothing", () => {
    const file =
      "search example\nnameserver 10.0.0.2\nnameserver\tfd00::53\nnameserver 10.0.0.2\noptions ndots:1\n";
    const moved = "nameserver fd00::53\nnameserver 10.0.0.2\n";
    expect(texts(file)).to.deep.equal(["10.0.0.2/32", "fd00::53/128"]);
    expect(texts(moved)).to.deep.equal(texts(file));
  });

  it("are none that only the machine reaches, none with a zone, and nothing that is no address", () => {
    const file = [
      "127.0.0.53",
      "::1",
      "fe80::1%eth0",
      "resolver.example",
      "10.0.0.2/8",
      "10.0.0.2 -j",
      "#10.0.0.3",
    ];
    expect(texts(file.map((each) => `nameserver ${each}`).join("\n"))).to.deep.equal([]);
    expect(texts("# nameserver 10.0.0.2\nxnameserver 10.0.0.2")).to.deep.equal([]);
  });
});
