// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Problem } from "../errors.ts";
import { MAX_MANIFEST_BYTES } from "../types.ts";
import { createInterpolate } from "./interpolate.ts";

const ENVIRONMENT = { TAG: "1.2", EMPTY: "", MONEY: "$TAG ${TAG}" };

function put(text: string): { text: string; problems: Problem[] } {
  const problems: Problem[] = [];
  return { text: createInterpolate(ENVIRONMENT)(text, (problem) => problems.push(problem)), problems };
}

const ACCEPTED: Readonly<Record<string, string>> = {
  "": "",
  "no variable": "no variable",
  "app:${TAG}": "app:1.2",
  "app:$TAG": "app:1.2",
  "$TAG$TAG-": "1.21.2-",
  "${TAG:-9}": "1.2",
  "${NONE:-9}": "9",
  "${NONE-9}": "9",
  "${NONE-}": "",
  "${EMPTY:-9}": "9",
  "${EMPTY-9}": "",
  "${EMPTY}": "",
  "${EMPTY?needed}": "",
  "${TAG:?needed}": "1.2",
  "${NONE:-a b:c/d?}": "a b:c/d?",
  $$TAG: "$TAG",
  "$${TAG}": "${TAG}",
  $$$TAG: "$1.2",
  $MONEY: "$TAG ${TAG}",
};

const REFUSED: Readonly<Record<string, RegExp>> = {
  $NONE: /^the variable NONE has no value$/,
  "${NONE}": /^the variable NONE has no value$/,
  "${NONE:?the tag of the image}": /NONE has no value: "the tag of the image"/,
  "${EMPTY:?needed}": /EMPTY has no value: "needed"/,
  "${NONE?}": /NONE has no value/,
  "${constructor}": /constructor has no value/,
  $__proto__: /__proto__ has no value/,
  $: /begins no variable/,
  "5$": /begins no variable/,
  "${": /begins no variable/,
  "${}": /begins no variable/,
  "${1}": /begins no variable/,
  "${A B}": /begins no variable/,
  "${TAG:+x}": /begins no variable/,
  "${TAG:-${NONE}}": /begins no variable/,
  "${NONE:-{}}": /begins no variable/,
  "$(date)": /begins no variable/,
};

describe("createInterpolate", () => {
  for (const [text, expected] of Object.entries(ACCEPTED)) {
    it(`puts values into ${JSON.stringify(text)}`, () => {
      expect(put(text)).to.deep.equal({ text: expected, problems: [] });
    });
  }

  for (const [text, reason] of Object.entries(REFUSED)) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const { problems } = put(text);
      expect(problems.map((problem) => problem.reason).join("\n")).to.match(reason);
    });
  }

  it("takes in no more than a manifest can hold, over all texts of a file", () => {
    const problems: Problem[] = [];
    const interpolate = createInterpolate({ BIG: "x".repeat(MAX_MANIFEST_BYTES / 2) });
    const lengths = ["$BIG", "$BIG", "$BIG$BIG"].map(
      (text) => interpolate(text, (problem) => problems.push(problem)).length,
    );
    expect(lengths).to.deep.equal([MAX_MANIFEST_BYTES / 2, MAX_MANIFEST_BYTES / 2, 0]);
    expect(problems).to.have.length(2);
  });
});
