// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { cidrs, hostCidr, isWithin, ofFamily, type Cidr, type Family } from "../../domain/cidr.ts";
import { allowProblem, CLOSED, METADATA } from "../../domain/egress.ts";
import { iptablesRules, ownPart } from "./iptables-rules.ts";
import { nftRules } from "./nft-rules.ts";
import type { EgressPolicy } from "./policy.ts";

const FAMILIES: readonly Family[] = [4, 6];
const BARE: EgressPolicy = { families: FAMILIES, allowed: [], mbit: 100, resolvers: [], bridged: [] };

const allowable = fc
  .oneof(
    fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 8, max: 16 })).map(([a, b]) => `10.${a}.${b}.0/24`),
    fc.nat(255).map((a) => `192.168.${a}.1/32`),
    fc.nat(65_535).map((a) => `fd12:${a.toString(16)}::/64`),
    fc.nat(65_535).map((a) => `fd12:${a.toString(16)}::1/128`),
  )
  .filter((text) => allowProblem(text) === null);
const resolver = fc
  .oneof(
    fc.ipV4(),
    fc.ipV6().filter((text) => !text.includes(".")),
  )
  .map((text) => hostCidr(text));
const policies: fc.Arbitrary<EgressPolicy> = fc.record({
  families: fc.constantFrom<readonly Family[]>([4], FAMILIES),
  allowed: fc.array(allowable, { maxLength: 5 }).map((texts) => cidrs(...texts)),
  mbit: fc.integer({ min: 1, max: 10_000 }),
  resolvers: fc
    .array(resolver, { maxLength: 3 })
    .map((found) => found.filter((each): each is Cidr => each !== null)),
  bridged: fc.constantFrom<readonly Family[]>([], [4], [4, 6]),
});

/** The rules of a chain of either program, in order. */
function chainOf(text: string, name: string): readonly string[] {
  if (text.startsWith("*")) {
    return text
      .split("\n")
      .flatMap((line) => (line.startsWith(`-A ${name} `) ? [line.slice(name.length + 4)] : []));
  }
  const body = new RegExp(`chain ${name} \\{\\n([^}]*(?:\\{[^}]*\\}[^}]*)*)\\n {2}\\}`).exec(text)?.[1] ?? "";
  return body.split("\n").map((line) => line.trim());
}

/** The ranges that a rule names. */
function rangesOf(rule: string): readonly string[] {
  const set = /daddr \{ ([^}]*) \}/.exec(rule)?.[1]?.split(", ");
  const one = /^-d (\S+)/.exec(rule)?.[1];
  return set ?? (one === undefined ? [] : [one]);
}

const EITHER = FAMILIES.flatMap((family) => [
  {
    title: `nftables, IPv${family}`,
    outwards: (policy: EgressPolicy) =>
      chainOf(nftRules(policy), "outwards").filter((rule) => family === 4 || !rule.startsWith("ip daddr")),
    inwards: (policy: EgressPolicy) => chainOf(nftRules(policy), "inwards"),
    family,
  },
  {
    title: `iptables, IPv${family}`,
    outwards: (policy: EgressPolicy) => chainOf(iptablesRules(policy, family, ""), "BERTH-OUTWARDS"),
    inwards: (policy: EgressPolicy) => chainOf(iptablesRules(policy, family, ""), "BERTH-INWARDS"),
    family,
  },
]);

for (const { title, outwards, inwards, family } of EITHER) {
  describe(`rules for ${title}`, () => {
    const isDrop = (rule: string): boolean => rule.toLowerCase().endsWith("drop");

    it("drop each closed range, and before anything is let out each secret of a cloud", () => {
      fc.assert(
        fc.property(policies, (policy) => {
          const rules = outwards(policy);
          const dropped = rules.filter(isDrop).flatMap(rangesOf);
          for (const { text } of ofFamily([...CLOSED, ...METADATA], family)) expect(dropped).to.include(text);
          const opening = rules.findIndex((rule) =>
            rangesOf(rule).some(
              (text) =>
                !isDrop(rule) && !rule.includes("53") && policy.allowed.some((each) => each.text === text),
            ),
          );
          const secret = rules.findIndex((rule) =>
            rangesOf(rule).includes(family === 4 ? "169.254.0.0/16" : "fd00:ec2::/32"),
          );
          const mail = rules.findIndex((rule) => rule.includes("465"));
          expect(secret).to.be.above(-1);
          if (opening !== -1) expect(opening).to.be.above(Math.max(secret, mail));
        }),
      );
    });

    it("open nothing but answers, the lease itself, the resolvers' port and what the provider lists", () => {
      fc.assert(
        fc.property(policies, (policy) => {
          const rules = outwards(policy).filter((rule) => !isDrop(rule));
          const last = rules.at(-1) ?? "";
          expect(rangesOf(last)).to.deep.equal([]);
          for (const rule of rules.slice(0, -1)) {
            const ranges = rangesOf(rule);
            const isResolver = rule.includes("53") && /dport 53 /.test(rule);
            const known = isResolver ? policy.resolvers : policy.allowed;
            if (ranges.length === 0) expect(rule).to.match(/reply|REPLY|fib daddr|physdev/);
            for (const text of ranges) expect(known.map((each) => each.text)).to.include(text);
          }
        }),
      );
    });

    it("end, towards this machine, in a drop of all that is not named; only an address alone opens it", () => {
      fc.assert(
        fc.property(policies, (policy) => {
          const rules = inwards(policy);
          expect(rangesOf(rules.at(-1) ?? "")).to.deep.equal([]);
          expect(isDrop(rules.at(-1) ?? "")).to.equal(true);
          const open = rules.flatMap(rangesOf);
          for (const text of open) expect(text).to.match(/\/(32|128)$/);
        }),
      );
    });
  });
}

describe("rules for iptables", () => {
  const standing = (rules: string): string =>
    rules
      .split("\n")
      .flatMap((line) =>
        line.startsWith("-I") ? [line.replace(/^-I (\w+) 1/, "-A $1")] : line.startsWith("-A") ? [line] : [],
      )
      .join("\n");

  it("take away the jumps that stand, wherever, and put them first", () => {
    const first = iptablesRules(BARE, 4, "-P FORWARD ACCEPT");
    expect(first).not.to.contain("-D ");
    const moved = `-A FORWARD -j OTHER\n${standing(first)}`;
    const again = iptablesRules(BARE, 4, moved);
    expect(again.split("\n").filter((line) => line.startsWith("-D "))).to.deep.equal([
      "-D FORWARD -i berth+ -j BERTH-OUTWARDS",
      "-D INPUT -i berth+ -j BERTH-INWARDS",
    ]);
    expect(again.indexOf("-D FORWARD")).to.be.below(again.indexOf("-I FORWARD 1 "));
  });

  it("are seen to be disturbed by a rule before theirs or among theirs, and by no rule of others behind them", () => {
    const stands = standing(iptablesRules(BARE, 4, ""));
    const part = ownPart(stands);
    expect(part).to.contain("BERTH-LIMITS");
    expect(ownPart(`${stands}\n-A FORWARD -j OTHER\n-N OTHER\n-A OTHER -j DROP`)).to.equal(part);
    expect(ownPart(`-A FORWARD -j ACCEPT\n${stands}`)).not.to.equal(part);
    expect(ownPart(`-A INPUT -j ACCEPT\n${stands}`)).not.to.equal(part);
    expect(ownPart(`${stands}\n-A BERTH-OUTWARDS -j ACCEPT`)).not.to.equal(part);
    expect(ownPart(stands.split("\n").slice(1).join("\n"))).not.to.equal(part);
    expect(ownPart("")).not.to.equal(part);
  });

  it("tell bridged frames apart only where they come by at all: the module that does it would make them", () => {
    expect(iptablesRules(BARE, 4, "")).not.to.contain("physdev");
    expect(iptablesRules({ ...BARE, bridged: [4] }, 4, "")).to.contain("physdev");
    expect(iptablesRules({ ...BARE, bridged: [4] }, 6, "")).not.to.contain("physdev");
  });
});

describe("the closed ranges", () => {
  it("hold what is nobody's or somebody's own, and nothing of the internet", () => {
    const holds = (address: string): boolean => {
      const host = hostCidr(address);
      return host !== null && CLOSED.some((range) => isWithin(host, range));
    };
    const closed = [
      ...["0.0.0.1", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.1"],
      ...["192.168.0.1", "198.19.255.255", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
      ...[
        "::",
        "::1",
        "64:ff9b::a00:1",
        "100::1",
        "2001::1",
        "2002:a00:1::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
      ],
      ...["fec0::1", "ff02::1", "5f00::1", "2001:db8::1", "3fff::1"],
    ];
    const open = ["1.1.1.1", "11.0.0.1", "100.128.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.255"];
    const open6 = ["2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "3ffe::1", "2001:200::1"];
    expect(closed.filter((each) => !holds(each))).to.deep.equal([]);
    expect([...open, ...open6].filter(holds)).to.deep.equal([]);
  });
});
