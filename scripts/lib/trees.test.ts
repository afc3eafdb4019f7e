// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { drawTrees, parseTrees } from "./trees.ts";

const DRAWING = `open
├── given an offer
│   ├── when it is full
│   │   └── it refuses
│   └── it takes a place
└── it counts

openFromBalance
└── it spends the balance
`;

describe("trees", () => {
  it("draws what it read, to the letter", () => {
    expect(drawTrees(parseTrees(DRAWING))).to.equal(DRAWING);
  });

  it("reads roots, conditions and outcomes with what hangs below them", () => {
    const [open, second] = parseTrees(DRAWING);
    expect(open?.children.map(({ text }) => text)).to.deep.equal(["given an offer", "it counts"]);
    expect(open?.children[0]?.children[0]).to.deep.equal({
      text: "when it is full",
      children: [{ text: "it refuses", children: [] }],
    });
    expect(second?.text).to.equal("openFromBalance");
  });

  it("takes a twig for what it is, whatever the strokes beside it", () => {
    const crooked = DRAWING.replace("│   └── it takes", "    ├── it takes");
    expect(drawTrees(parseTrees(crooked))).to.equal(DRAWING);
  });

  it("refuses a line that hangs from nothing", () => {
    for (const text of ["├── it counts\n", "open\n│   └── it counts\n"]) {
      expect(() => parseTrees(text)).to.throw("hangs from nothing");
    }
  });

  it("reads no tree out of an empty file", () => {
    expect(parseTrees("\n\n")).to.deep.equal([]);
  });
});
