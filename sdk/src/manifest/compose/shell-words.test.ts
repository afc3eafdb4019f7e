// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { splitWords } from "./shell-words.ts";

const SPLIT: Readonly<Record<string, readonly string[]>> = {
  "": [],
  "  \n": [],
  "httpd -f -p 8080": ["httpd", "-f", "-p", "8080"],
  "sh -c 'echo $HOME; ls'": ["sh", "-c", "echo $HOME; ls"],
  "echo \"a b\"c'd'": ["echo", "a bcd"],
  'echo "say \\"hi\\" \\\\ \\$5"': ["echo", 'say "hi" \\ $5'],
  "echo a\\ b": ["echo", "a b"],
  "echo '' \"\"": ["echo", "", ""],
  "a\nb\tc": ["a", "b", "c"],
  "echo $HOME *.txt #x": ["echo", "$HOME", "*.txt", "#x"],
};

const REFUSED: Readonly<Record<string, RegExp>> = {
  "a; b": /";" at character 2 needs a shell/,
  "a | b": /"\|"/,
  "a && b": /"&"/,
  "a > b": /">"/,
  "a < b": /"<"/,
  "a $(b)": /"\("/,
  "a `b`": /"`"/,
  "a 'b": /quote at character 3/,
  'a "b': /quote at character 3/,
  'a "\\n"': /read in two ways/,
  "a \\n": /"\\" at character 3/,
  "a \\": /"\\"/,
  "a \\\nb": /"\\"/,
};

describe("splitWords", () => {
  for (const [command, words] of Object.entries(SPLIT)) {
    it(`splits ${JSON.stringify(command)} by quotes and blanks`, () => {
      expect(splitWords(command)).to.deep.equal(words);
    });
  }

  for (const [command, reason] of Object.entries(REFUSED)) {
    it(`refuses ${JSON.stringify(command)} instead of guessing`, () => {
      expect(splitWords(command)).to.have.property("reason").that.matches(reason);
      expect(splitWords(command)).to.have.property("fix").that.contains('["sh", "-c", "..."]');
    });
  }

  it("gives back words that were quoted singly", () => {
    const words = fc.array(fc.string({ unit: "grapheme" }).map((word) => word.replaceAll("'", "")));
    fc.assert(
      fc.property(words, (list) => {
        expect(splitWords(list.map((word) => `'${word}'`).join(" "))).to.deep.equal(list);
      }),
    );
  });
});
