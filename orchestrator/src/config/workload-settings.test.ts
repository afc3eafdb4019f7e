// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { z } from "zod";
import { ingressOf, ingressProblems, workloadSettings } from "./workload-settings.ts";

const schema = z.object(workloadSettings);
const isRight = (given: object): boolean => schema.safeParse(given).success;

describe("settings of workloads", () => {
  it("publish on 20000 to 29999, run no proxy and give health a minute where nothing is said", () => {
    expect(schema.parse({})).to.deep.equal({
      publishPorts: { first: 20_000, last: 29_999 },
      publishHost: null,
      ingress: null,
      ingressUrl: null,
      ingressContainer: null,
      healthGraceSeconds: 60,
    });
    expect(ingressOf(schema.parse({}))).to.equal(undefined);
  });

  for (const publishPorts of [
    "80-90",
    "1023-2000",
    "20000",
    "30000-20000",
    "20000-65536",
    "0-0",
    "a-b",
    "20000-29999 ",
  ])
    it(`refuse to publish on ${publishPorts}`, () => {
      expect(isRight({ publishPorts })).to.equal(false);
    });

  for (const ingressUrl of [
    "apps.example.org",
    "ftp://a.example",
    "https://a.example/x",
    "https://u:p@a.example",
    "https://*.example",
    "https://a`b.example",
    "https://[::1]",
  ])
    it(`refuse ${ingressUrl} as the place of a proxy`, () => {
      expect(isRight({ ingressUrl })).to.equal(false);
    });

  for (const ingressUrl of [
    "https://apps.example.org",
    "http://apps.localhost:8080",
    "https://apps.example.org/",
  ])
    it(`take ${ingressUrl} as the place of a proxy`, () => {
      expect(isRight({ ingressUrl })).to.equal(true);
    });

  it("say all of a proxy or nothing", () => {
    expect(ingressProblems({})).to.deep.equal([]);
    expect(ingressProblems({ ingress: "caddy" }).map(({ key }) => key)).to.deep.equal([
      "ingressUrl",
      "ingressContainer",
    ]);
    expect(ingressProblems({ ingressContainer: "proxy" })).to.deep.equal([
      { key: "ingressContainer", problem: "is set without BERTH_INGRESS" },
    ]);
    const whole = { ingress: "caddy", ingressUrl: "https://a.example", ingressContainer: "proxy" } as const;
    expect(ingressProblems(whole)).to.deep.equal([]);
    expect(ingressOf(schema.parse(whole))).to.deep.equal({
      kind: "caddy",
      origin: "https://a.example",
      container: "proxy",
    });
  });
});
