// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { InvalidArgumentError } from "commander";
import { parseAddress } from "./address.ts";
import {
  parseCapacity,
  parseCpu,
  parseDuration,
  parseHourlyRate,
  parseSize,
  parseTokens,
  parseWhole,
} from "./units.ts";

describe("units of the command line", () => {
  it("reads durations in seconds", () => {
    expect(["90", "90s", "10m", "1h", "30d", "0"].map(parseDuration)).to.deep.equal([
      90n,
      90n,
      600n,
      3_600n,
      2_592_000n,
      0n,
    ]);
  });

  it("reads sizes in MiB, as Compose counts them", () => {
    expect(["512M", "1G", "1.5g", "1GiB", "512Mi", "2T"].map(parseSize)).to.deep.equal([
      512, 1024, 1536, 1024, 512, 2_097_152,
    ]);
  });

  it("reads cores in thousandths", () => {
    expect(["0.5", "2", "0.001"].map(parseCpu)).to.deep.equal([500, 2_000, 1]);
  });

  it("reads capacities up to what the contract takes", () => {
    expect(["0", "16777215"].map(parseCapacity)).to.deep.equal([0n, 16_777_215n]);
  });

  it("leaves amounts as written, since it does not know the token", () => {
    expect([parseTokens("12.50"), parseHourlyRate("1.00/h"), parseHourlyRate("1")]).to.deep.equal([
      "12.50",
      "1.00",
      "1",
    ]);
  });

  it("writes addresses with their checksum", () => {
    expect(parseAddress("0x5fbdb2315678afecb367f032d93f642f64180aa3")).to.equal(
      "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    );
  });

  it("refuses what is not such a value", () => {
    const wrong: readonly (readonly [(text: string) => unknown, readonly string[]])[] = [
      [parseDuration, ["", "-1", "1w", "1.5h", "h", "1 h"]],
      [parseSize, ["", "512", "0M", "1.0001G", "-1G", "1K"]],
      [parseCpu, ["", "0", "-1", "0.0001", "1e3"]],
      [parseWhole, ["", "-1", "1.0", "0x1", "1n"]],
      [parseCapacity, ["", "-1", "1.5", "16777216"]],
      [parseTokens, ["", "-1", "1,5", ".5", "1e6"]],
      [parseHourlyRate, ["1/s", "/h", "1/h/h"]],
      [parseAddress, ["", "0x12", "vitalik.eth"]],
    ];
    for (const [parse, texts] of wrong) {
      for (const text of texts)
        expect(() => parse(text), `${parse.name} "${text}"`).to.throw(InvalidArgumentError);
    }
  });
});
