// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { hostCidr, isHost, isWithin, parseCidr } from "./cidr.ts";

const SIZE = { 4: 32, 6: 128 } as const;
const characters = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF.:/ -%x"), maxLength: 45 });
const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6().filter((text) => !text.includes("."));

describe("a range of addresses", () => {
  it("is an address and a prefix, on its own boundary", () => {
    for (const text of [
      "10.0.0.0/8",
      "192.168.1.0/24",
      "1.2.3.4/32",
      "0.0.0.0/0",
      "fc00::/7",
      "::1/128",
      "fd00:1:2::/48",
    ])
      expect(parseCidr(text)?.text, text).to.equal(text);
  });

  it("is nothing else: no host bits, no zeros before a number, no zone, no IPv4 in IPv6, no name, no list", () => {
    const wrong = [
      ...["", "/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/08", "010.0.0.0/8"],
      ...[
        "10.0.0/8",
        "10.0.0.0.0/8",
        "256.0.0.0/8",
        "10.0.0.0/8 ",
        " 10.0.0.0/8",
        "10.0.0.0/-1",
        "0x0a.0.0.0/8",
      ],
      ...[
        "10.0.0.0-10.0.0.9",
        "10.0.0.0/255.0.0.0",
        "localhost/8",
        "10.0.0.0/8,10.1.0.0/16",
        "10.0.0.0/8\n-j ACCEPT",
      ],
      ...[
        "::/129",
        "fc00::1/7",
        "fe80::1%eth0/128",
        "::ffff:10.0.0.1/128",
        "1::2::3/128",
        ":::/0",
        "12345::/16",
      ],
      ...["1:2:3:4:5:6:7/112", "1:2:3:4:5:6:7:8:9/128", "1:2:3:4:5:6:7:8::/128", "g::/16", "!10.0.0.0/8"],
    ];
    for (const text of wrong) expect(parseCidr(text), text).to.equal(null);
  });

  it("never throws, and takes no address that Node does not take", () => {
    fc.assert(
      fc.property(fc.oneof(characters, fc.string()), (text) => {
        const found = hostCidr(text);
        if (found === null) return;
        expect(found.family === 4 ? isIPv4(text) : isIPv6(text), text).to.equal(true);
        expect(isHost(found)).to.equal(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("takes each address that Node takes, but for IPv6 with IPv4 inside", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (text) => {
        expect(hostCidr(text)?.text).to.equal(`${text}/${isIPv4(text) ? 32 : 128}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it("holds the addresses that Node says it holds", () => {
    const pair = (address: fc.Arbitrary<string>, bits: 32 | 128) =>
      fc.tuple(address, address, fc.integer({ min: 0, max: bits }));
    fc.assert(
      fc.property(fc.oneof(pair(ipv4, 32), pair(ipv6, 128)), ([base, other, prefix]) => {
        const range = rangeAround(base, prefix);
        const host = hostCidr(other);
        if (range === null || host === null) throw new Error(`${base} or ${other} was not read`);
        const list = new BlockList();
        list.addSubnet(base, prefix, range.family === 4 ? "ipv4" : "ipv6");
        expect(isWithin(host, range)).to.equal(list.check(other, range.family === 4 ? "ipv4" : "ipv6"));
        const itself = hostCidr(base);
        expect(itself !== null && isWithin(itself, range)).to.equal(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("holds none of the other family", () => {
    const [four, six] = [parseCidr("0.0.0.0/0"), parseCidr("::/0")];
    if (four === null || six === null) throw new Error("not read");
    expect([isWithin(four, six), isWithin(six, four)]).to.deep.equal([false, false]);
  });
});

/** The range of that prefix in which the address lies. */
function rangeAround(address: string, prefix: number): ReturnType<typeof parseCidr> {
  const host = hostCidr(address);
  if (host === null) return null;
  const size = 1n << BigInt(SIZE[host.family] - prefix);
  const first = host.first - (host.first % size);
  const text =
    host.family === 4
      ? [24n, 16n, 8n, 0n].map((shift) => (first >> shift) & 255n).join(".")
      : Array.from({ length: 8 }, (_, index) =>
          ((first >> BigInt(112 - index * 16)) & 65_535n).toString(16),
        ).join(":");
  return parseCidr(`${text}/${prefix}`);
}
