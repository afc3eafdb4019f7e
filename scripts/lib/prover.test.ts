// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { LAW_FILES, prove, type Edit, type LawFile } from "./prover.ts";

const CLOCK = "contracts/libraries/ServiceClock.sol";
const MATH = "contracts/libraries/LeaseMath.sol";

const BRIEF = { targets: ["assert"], seconds: 10 };

/** A mistake in a library: the right text, which stands there once, and the wrong one. */
interface Mistake {
  readonly title: string;
  readonly laws: string;
  readonly path: string;
  readonly right: string;
  readonly wrong: string;
}

const MISTAKES: readonly Mistake[] = [
  {
    title: "a clock that no report period stops",
    laws: "ClockLaws",
    path: CLOCK,
    right: "(elapsed < reportPeriod ? elapsed : reportPeriod)",
    wrong: "elapsed",
  },
  {
    title: "a silence that begins a second early",
    laws: "ClockLaws",
    path: CLOCK,
    right: "return time > lastReportAt + reportPeriod;",
    wrong: "return time >= lastReportAt + reportPeriod;",
  },
  {
    title: "a charge beyond the balance",
    laws: "BillingLaws",
    path: MATH,
    right: "if (owed >= MILLI * balance) return (balance, 0);",
    wrong: "",
  },
  {
    title: "a depletion that is rounded down",
    laws: "BillingLaws",
    path: MATH,
    right: "(MILLI * balance - remainder + milliRate - 1) / milliRate",
    wrong: "(MILLI * balance - remainder) / milliRate",
  },
];

/** The text once, and only once, replaced in one file. */
function replacing(path: string, right: string, wrong: string): Edit {
  return (file, text) => {
    if (file !== path) return text;
    expect(text.split(right), `${right} in ${path}`).to.have.length(2);
    return text.replace(right, () => wrong);
  };
}

function named(laws: string): LawFile {
  const file = LAW_FILES.find(({ path }) => path.endsWith(`/${laws}.sol`));
  if (file === undefined) throw new Error(`there is no ${laws}`);
  return file;
}

function assertionsIn(text: string): number {
  return text.split(/\bassert\(/).length - 1;
}

describe("proofs", function () {
  this.timeout(180_000);

  for (const file of LAW_FILES) {
    it(`every law and every operation of ${file.path} is proved`, () => {
      const findings = prove(file);
      expect(findings.filter(({ proved }) => !proved)).to.deep.equal([]);
      const laws = findings.filter(({ text }) => text === "Assertion violation");
      expect(laws).to.have.length(assertionsIn(readFileSync(file.path, "utf8")));
    });
  }

  for (const { path, engine } of LAW_FILES) {
    it(`no law of ${path} holds for want of a case`, () => {
      const ends = /\n {4}\}(?=\n\n {4}function )/g;
      const text = readFileSync(path, "utf8");
      const unlawful: Edit = (file, source) =>
        file === path ? onlyFalse(source).replace(ends, "\n        assert(false);\n    }") : source;
      const findings = prove({ path, engine }, unlawful, BRIEF);
      const refuted = findings.filter(({ proved, text: said }) => !proved && said.includes("happens here"));
      expect(refuted).to.have.length(text.match(ends)?.length ?? 0);
    });
  }

  for (const { title, laws, path, right, wrong } of MISTAKES) {
    it(`${title} is refuted`, () => {
      const findings = prove(named(laws), replacing(path, right, wrong), BRIEF);
      const refuted = findings.filter(({ proved, text }) => !proved && text.includes("happens here"));
      expect(refuted).not.to.deep.equal([]);
    });
  }
});

/** The laws left out, their requirements kept. */
function onlyFalse(text: string): string {
  return text.replaceAll(/\n {8}assert\([^;]*\);(?=\n)/g, "");
}
