// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { cidrs, isWithin } from "./cidr.ts";
import {
  allowProblem,
  EGRESS_MODES,
  egressModeOf,
  egressObstacle,
  type EgressSight,
  isRefused,
  judgeEgress,
  METADATA,
} from "./egress.ts";

describe("the mode of the egress firewall", () => {
  it("is off on a development chain and required on any other, where nothing was said", () => {
    expect([31_337, 1, 11_155_111, 8_453].map((chainId) => egressModeOf(null, chainId))).to.deep.equal([
      "off",
      "required",
      "required",
      "required",
    ]);
  });

  it("is what was said, and `off` is refused where strangers come", () => {
    for (const mode of EGRESS_MODES) {
      expect(egressModeOf(mode, 1)).to.equal(mode);
      expect(isRefused(mode, 31_337)).to.equal(false);
      expect(isRefused(mode, 1)).to.equal(mode === "off");
    }
  });
});

describe("an entry of the allow list", () => {
  it("is a range inside a private network", () => {
    for (const text of [
      "10.0.0.0/8",
      "10.1.2.3/32",
      "192.168.7.0/24",
      "100.64.0.0/10",
      "fd00:1::/64",
      "fc00::/7",
    ])
      expect(allowProblem(text), text).to.equal(null);
  });

  it("is not the internet, nor anything that no lease may ever reach", () => {
    const never = [
      ...[
        "0.0.0.0/0",
        "::/0",
        "8.8.8.8/32",
        "127.0.0.0/8",
        "127.0.0.1/32",
        "169.254.169.254/32",
        "224.0.0.0/4",
      ],
      ...[
        "240.0.0.0/4",
        "192.0.0.0/2",
        "8.0.0.0/5",
        "::1/128",
        "fe80::/10",
        "ff00::/8",
        "f000::/4",
        "2001:db8::/32",
      ],
      ...[
        "100.100.100.200/32",
        "fd00:ec2::254/128",
        "fd00:ec2::/32",
        "10.0.0.1/8",
        "host.example",
        "10.0.0.0/8;",
      ],
    ];
    for (const text of never)
      expect(allowProblem(text), text)
        .to.be.a("string")
        .and.match(/^(is|in) /);
  });

  it("opens no secrets of a cloud by itself, whatever it is", () => {
    const text = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => `${address}/${prefix}`),
      fc
        .tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }))
        .map(([address, prefix]) => `${address}/${prefix}`),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (each) => {
        if (allowProblem(each) !== null) return;
        const [range] = cidrs(each);
        expect(METADATA.some((secret) => range !== undefined && isWithin(range, secret))).to.equal(false);
      }),
      { numRuns: 2_000 },
    );
  });
});

const SIGHTS: readonly EgressSight[] = [
  { state: "off", mode: "off" },
  { state: "off", mode: "unprotected" },
  { state: "proved", backend: "nftables" },
  { state: "leaking", backend: "nftables" },
  { state: "blocking", backend: "iptables" },
  ...["E_FIREWALL_MISSING", "E_FIREWALL_DENIED", "E_ENGINE_ELSEWHERE", "E_RUNTIME_FAILED", "E_ANYTHING"].map(
    (code) => ({ state: "unknown", code }) as const,
  ),
];

describe("what is known of the egress firewall", () => {
  it("holds new leases unless it is proved or was switched off: what is unknown holds them too", () => {
    const free = SIGHTS.filter((sight) => egressObstacle(sight) === null).map(({ state }) => state);
    expect(free).to.deep.equal(["off", "off", "proved"]);
    const [held] = SIGHTS.filter(({ state }) => state === "unknown").map(egressObstacle);
    expect(held?.code).to.equal("E_EGRESS_UNPROVED");
    expect(held?.message).to.contain("gives everything back");
  });

  it("is told with its back-end, its risk and what to do; silence is never called well", () => {
    expect(SIGHTS.map((sight) => judgeEgress(sight).state)).to.deep.equal([
      ...["ok", "warning", "ok", "failing", "failing"],
      ...Array<string>(5).fill("unknown"),
    ]);
    for (const sight of SIGHTS) {
      const { state, what, atRisk, next } = judgeEgress(sight);
      if ("backend" in sight) expect(what).to.contain(sight.backend);
      if ("code" in sight) expect(what).to.contain(sight.code);
      if (state === "ok") continue;
      for (const part of [what, atRisk, next]) expect(part).to.match(/^\S.{9,}/);
    }
  });
});
