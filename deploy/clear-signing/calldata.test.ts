// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { computeMarketAbi } from "@berth/sdk";
import { expect } from "chai";
import {
  fieldsOf,
  keyOf,
  leavesOf,
  readDescriptor,
  type Field,
  type Parameter,
} from "./descriptor-fixtures.ts";

const FILE = "calldata-ComputeMarket.json";
const descriptor = readDescriptor(FILE);
const functions = computeMarketAbi.flatMap((item) =>
  item.type === "function" && item.stateMutability === "nonpayable"
    ? [{ name: item.name, inputs: item.inputs }]
    : [],
);
const MONEY = /(^|\.)(amount|cap|collateral|award)$/;

/** What a format may be put on, and the parameters that it takes, each with a test of its value. */
const FORMATS: Record<string, { type: RegExp; params: Record<string, (value: unknown) => boolean> }> = {
  raw: { type: /./, params: {} },
  addressName: { type: /^address$/, params: { types: isTextList, sources: isTextList } },
  tokenAmount: { type: /^uint/, params: { tokenPath: isText } },
  date: { type: /^uint/, params: { encoding: (value) => value === "timestamp" } },
  duration: { type: /^uint/, params: {} },
  unit: {
    type: /^uint/,
    params: { base: isText, decimals: Number.isInteger, prefix: (value) => typeof value === "boolean" },
  },
  enum: { type: /^uint8$/, params: { $ref: isText } },
};

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function entryOf(inputs: readonly Parameter[], name: string) {
  const entry = descriptor.display.formats[keyOf(name, inputs)];
  if (entry === undefined) throw new RangeError(`${name} has no entry`);
  return { entry, fields: fieldsOf(entry, descriptor), leaves: leavesOf(inputs) };
}

describe("a wallet that reads the calldata descriptor", () => {
  it("knows every function that changes state, and no other", () => {
    const keys = functions.map(({ name, inputs }) => keyOf(name, inputs));
    expect(Object.keys(descriptor.display.formats).sort()).to.deep.equal(keys.sort());
    expect(keys).to.have.length.above(20);
  });

  it("finds every shared definition and enumeration, and each is used", () => {
    const text = readFileSync(new URL(FILE, import.meta.url), "utf8");
    const used = new Set(
      Array.from(text.matchAll(/"\$ref": "\$\.([a-z.]+)\.(\w+)"/g), ([, where, name]) => `${where}.${name}`),
    );
    const { definitions = {} } = descriptor.display;
    const { enums = {} } = descriptor.metadata;
    const given = [
      ...Object.keys(definitions).map((name) => `display.definitions.${name}`),
      ...Object.keys(enums).map((name) => `metadata.enums.${name}`),
    ];
    expect([...used].sort()).to.deep.equal(given.sort());
  });

  it("names the causes of a close as the contract does", () => {
    const source = readFileSync("contracts/types/Enums.sol", "utf8");
    const [, body = ""] = /enum CloseCause \{([^}]*)\}/.exec(source) ?? [];
    const causes = body.split(",").map((cause) => cause.trim().toLowerCase());
    expect(Object.values(descriptor.metadata.enums?.["closeCause"] ?? {})).to.deep.equal(causes);
    expect(causes).to.have.length.above(1);
  });

  for (const { name, inputs } of functions) {
    it(`shows all that ${name} carries, and nothing that it does not`, () => {
      const { fields, leaves } = entryOf(inputs, name);
      const paths = fields.flatMap(({ path }) => (path === undefined ? [] : [path]));
      expect(paths.sort()).to.deep.equal([...leaves.keys()].sort());
      const hidden = fields.filter(({ visible }) => visible === "never");
      for (const { path } of hidden) expect(path).to.match(/^(signature|permit\.[vrs])$/);
    });

    it(`formats each value of ${name} by what it is`, () => {
      const { fields, leaves } = entryOf(inputs, name);
      for (const field of fields) expectFormatFits(field, leaves);
    });

    it(`says in a few words what ${name} does, with values that it shows`, () => {
      const { entry, fields } = entryOf(inputs, name);
      expect(entry.intent).to.match(/^[A-Z].{2,60}$/);
      const shown = fields.filter(({ visible = "always" }) => visible === "always").map(({ path }) => path);
      const named = Array.from((entry.interpolatedIntent ?? "").matchAll(/\{([^}]*)\}/g), ([, path]) => path);
      expect(shown).to.include.members(named);
    });
  }
});

function expectFormatFits(field: Field, leaves: ReadonlyMap<string, string>): void {
  const where = field.path ?? field.label;
  const rule = FORMATS[field.format];
  expect(field.label, where).to.match(/^[A-Z].{1,70}$/);
  if (rule === undefined) throw new RangeError(`${where} has the unknown format ${field.format}`);
  if (field.path !== undefined) expect(leaves.get(field.path), where).to.match(rule.type);
  for (const [param, value] of Object.entries(field.params ?? {}))
    expect(rule.params[param]?.(value), `${where}: ${param}`).to.equal(true);
  expectMoneyHasItsToken(field, leaves);
  expectTimesAreReadable(field);
}

/** An amount is in its token's units where the call names the token, and says that it is in base units where it does not. */
function expectMoneyHasItsToken(
  { path = "", format, label, params }: Field,
  leaves: ReadonlyMap<string, string>,
): void {
  if (!MONEY.test(path)) return;
  const token = [...leaves.keys()].find((leaf) => /(^|\.)token$/.test(leaf));
  if (token === undefined) return void expect(label, path).to.contain("base units");
  expect({ format, tokenPath: params?.["tokenPath"] }, path).to.deep.equal({
    format: "tokenAmount",
    tokenPath: token,
  });
  expect(leaves.get(token)).to.equal("address");
}

function expectTimesAreReadable({ path = "", format }: Field): void {
  if (/Period$/.test(path)) expect(format, path).to.equal("duration");
  if (/(^|\.)(until|deadline|\w+At)$/.test(path)) expect(format, path).to.equal("date");
}
