// SPDX-License-Identifier: Apache-2.0
import { ManifestError, REFUSED_COMPOSE_KEYS } from "@berth/sdk";
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { corpusTables } from "./corpus-table.ts";
import { CORPUS, enter, FAMILIES, refusalOf, verdictOf } from "./corpus.ts";
import { NOT_JSON } from "./documents.ts";
import type { HostileCase } from "./hostile-case.ts";
import { HOST_KEYS } from "./host-keys.ts";

/** Milliseconds that a refusal takes at most, three times over: other work of the machine must not fail a test. */
const LIMIT_MS = 3 * 50;
const TRIES = 5;

/** Whether the median of some tries is above the limit; only so many are made as decide it. */
function isSlow(hostile: HostileCase): boolean {
  let [within, above] = [0, 0];
  while (Math.max(within, above) <= TRIES / 2) {
    if (refusalMs(hostile) > LIMIT_MS) above += 1;
    else within += 1;
  }
  return above > within;
}

/** Milliseconds by the clock or by what this process used, whichever is less: the one counts other programs, the other our own collector. */
function refusalMs({ door, text }: HostileCase): number {
  const used = process.cpuUsage();
  const startedAt = performance.now();
  refusalOf(door, text);
  const passed = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(used);
  return Math.min(passed, (user + system) / 1_000);
}

describe("hostile manifests", () => {
  it("are more than a thousand, each with a name of its own", () => {
    expect(CORPUS).to.have.length.above(1_000);
    expect(new Set(CORPUS.map(({ name }) => name)).size).to.equal(CORPUS.length);
  });

  for (const [family, cases] of Object.entries(FAMILIES)) {
    describe(family, () => {
      it("are refused, each with the code that it states, and nothing but our refusal is thrown", () => {
        const codes = cases.map(({ name, door, text }) => [name, refusalOf(door, text)?.code]);
        expect(codes).to.deep.equal(cases.map(({ name, code }) => [name, code]));
      });

      it("are accepted without their poison", () => {
        const refused = cases.flatMap(({ name, door, twin }) => {
          const refusal = twin === null ? null : refusalOf(door, twin);
          return refusal === null ? [] : [`${name}: ${verdictOf(refusal)}`];
        });
        expect(refused).to.deep.equal([]);
      });

      it("are refused in no time", () => {
        const slow = cases.filter(isSlow).map(({ name }) => name);
        expect(slow).to.deep.equal([]);
      }).timeout(60_000);
    });
  }

  it("have each a reason or a place of their own", () => {
    const names = new Map<string, string>();
    const same = CORPUS.flatMap(({ name, door, text }) => {
      const refusal = refusalOf(door, text);
      const verdict = refusal === null ? "accepted" : verdictOf(refusal);
      const other = names.get(verdict);
      names.set(verdict, name);
      return other === undefined ? [] : [`${name} and ${other}: ${verdict}`];
    });
    expect(same).to.deep.equal([]);
  });

  it("have a twin, but for those whose whole text is the poison", () => {
    const alone = CORPUS.filter(({ twin }) => twin === null);
    expect(alone).to.have.length.below(CORPUS.length / 50);
  });

  it("have a case for every key of the Compose Specification that is refused", () => {
    const refused = new Set(
      HOST_KEYS.map(({ door, text }) =>
        (refusalOf(door, text)?.path ?? "").split(".").map(generalised).join("."),
      ),
    );
    expect([...REFUSED_COMPOSE_KEYS.keys()].filter((path) => !refused.has(path))).to.deep.equal([]);
  });

  for (const [name, text] of Object.entries(NOT_JSON)) {
    it(`are no documents where they are no JSON: ${name}`, () => {
      expect(() => enter("document", text))
        .to.throw(ManifestError)
        .with.property("code", "E_MANIFEST_SYNTAX");
    });
  }
});

describe("docs/hostile-manifests.md", () => {
  it("holds the counts of the corpus word for word: write them with `tsx test/manifests/write-table.ts`", () => {
    const tables = corpusTables();
    console.log(tables.slice(0, tables.indexOf("## Why")).trim());
    const page = readFileSync("docs/hostile-manifests.md", "utf8");
    expect(page.slice(page.indexOf("## What is tried")).trim()).to.equal(tables);
  });
});

/** Names and indexes as the table of keys writes them. */
function generalised(segment: string, index: number, path: readonly string[]): string {
  const above = path[index - 1] ?? "";
  const isNamed = ["services", "volumes", "depends_on", "ports", "devices"].includes(above);
  return isNamed ? "*" : segment;
}
