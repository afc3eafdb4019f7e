// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { ACCEPTED_COMPOSE_KEYS } from "./keys.ts";
import { refusedKeysPage } from "./refused-keys-page.ts";
import { REFUSED_COMPOSE_KEYS } from "./refused-keys.ts";

const page = readFileSync(new URL("../../../../docs/manifest.md", import.meta.url), "utf8");
const [accepted = "", refused = ""] = page.split("## Refused keys");

describe("docs/manifest.md", () => {
  it("holds the table of refused keys word for word", () => {
    expect(refused.slice(refused.indexOf("### ")).trim()).to.equal(refusedKeysPage());
  });

  it("has every refused key in that table", () => {
    const missing = [...REFUSED_COMPOSE_KEYS.keys()].filter((path) => {
      const dot = path.lastIndexOf(".");
      const title = dot === -1 ? "### At the top of the file" : `### In \`${path.slice(0, dot)}\``;
      const section = refusedKeysPage().split(`${title}\n`)[1]?.split("\n### ")[0] ?? "";
      return !section.includes(`\`${path.slice(dot + 1)}\``);
    });
    expect(missing).to.deep.equal([]);
  });

  it("describes every accepted key before it", () => {
    const keys = Object.values(ACCEPTED_COMPOSE_KEYS).flat();
    expect(keys.filter((key) => !accepted.includes(`\`${key}\``))).to.deep.equal([]);
  });
});
