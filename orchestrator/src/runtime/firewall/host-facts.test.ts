// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { nameServersOf } from "./host-facts.ts";

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
