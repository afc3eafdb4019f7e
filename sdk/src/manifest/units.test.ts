// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { parseCpuMillis, parseMebibytes, parseMilliseconds, parseRatePerHour, parseTokens } from "./units.ts";

function table<T>(parse: (text: string) => T, rows: Readonly<Record<string, T>>): void {
  for (const [text, value] of Object.entries(rows)) {
    it(`reads ${JSON.stringify(text)} as ${String(value)}`, () => expect(parse(text)).to.equal(value));
  }
}

describe("parseMebibytes", () => {
  table(parseMebibytes, {
    "64M": 64,
    "64m": 64,
    "64mb": 64,
    "64MiB": 64,
    "1g": 1024,
    "1.5gb": 1536,
    "1 G": 1024,
    "2t": 2_097_152,
    "1048576": 1,
    "1048576b": 1,
    "1048577": 2,
    "1b": 1,
    "1k": 1,
    "0": 0,
    "1.1m": 2,
    "": null,
    M: null,
    "-1M": null,
    "1e3": null,
    "64MM": null,
    "64ib": null,
    "50%": null,
    "0x10": null,
    "1M ": null,
    "9999999999999999": null,
  });
});

describe("parseMilliseconds", () => {
  table(parseMilliseconds, {
    "1m30s": 90_000,
    "500ms": 500,
    "1.1s": 1100,
    "2h": 7_200_000,
    "1us": 1,
    "1001us": 2,
    "0": 0,
    "0s": 0,
    "30": null,
    "": null,
    "-1s": null,
    "1 s": null,
    "1d": null,
    "1.s": null,
    s: null,
  });
});

describe("parseCpuMillis", () => {
  table(parseCpuMillis, {
    "0.25": 250,
    "0.50": 500,
    "2": 2000,
    "1.125000": 1125,
    "0": 0,
    "0.0001": null,
    ".5": null,
    "1e1": null,
    "-1": null,
    "": null,
  });
});

describe("parseTokens", () => {
  table(parseTokens, {
    "1.00": "1",
    "1.50": "1.5",
    "007": "7",
    "0.000000000000000001": "0.000000000000000001",
    "0": null,
    "0.00": null,
    "1.0000000000000000000": null,
    "-1": null,
    "1,5": null,
    "": null,
  });

  it("reads its own output as the same amount", () => {
    const amounts = fc.tuple(fc.bigInt(1n, 10n ** 30n), fc.integer({ min: 1, max: 18 }));
    fc.assert(
      fc.property(amounts, ([units, places]) => {
        const digits = units.toString().padStart(places + 1, "0");
        const once = parseTokens(`${digits.slice(0, -places)}.${digits.slice(-places)}`);
        expect(once).to.be.a("string");
        expect(parseTokens(once ?? "")).to.equal(once);
      }),
    );
  });
});

describe("parseRatePerHour", () => {
  table(parseRatePerHour, {
    "1.00/h": "1",
    "1 / h": "1",
    "0.0005/s": "1.8",
    "1/s": "3600",
    "0.000000000000000001/s": "0.0000000000000036",
    "1": null,
    "1/d": null,
    "0/h": null,
    "/h": null,
    "1/h/h": null,
  });
});
