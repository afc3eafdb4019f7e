// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { UserError } from "../errors.ts";
import { entryOf } from "./archive.fixture.ts";
import { EntryRules, MAX_NAMES, ROOT } from "./entry-rules.ts";

const SEGMENT = "n".repeat(250);

/** Rules that have let a folder pass whose path is nearly as long as one may be. */
function deep(): { readonly rules: EntryRules; readonly path: string } {
  const rules = new EntryRules();
  let path = ROOT;
  rules.admit(entryOf(path, { kind: "folder" }));
  while (path.length < 3_700) {
    path = `${path}/${SEGMENT}`;
    rules.admit(entryOf(path, { kind: "folder" }));
  }
  return { rules, path };
}

describe("what an archive may make its reader remember", () => {
  it("is bounded in the bytes of all names, and of what links point to", () => {
    for (const target of ["", "t".repeat(4_000)]) {
      const { rules, path } = deep();
      let admitted = 0;
      const admitMore = (): void => {
        for (; admitted < 100_000; admitted += 1)
          rules.admit(entryOf(`${path}/${admitted}`, target === "" ? {} : { kind: "symlink", target }));
      };
      expect(admitMore).to.throw(UserError, /names/);
      expect(admitted * (path.length + target.length)).to.be.within(MAX_NAMES * 0.9, MAX_NAMES);
    }
  });
});
